import { volvoDemo } from '../../src/simulator/credentials'

/** The demo applications of the simulator. No secrets: they open nothing else. */
export const demoCredentials = {
  volvo: { apiKey: volvoDemo.apiKey, clientId: volvoDemo.clientId, clientSecret: volvoDemo.clientSecret },
}
