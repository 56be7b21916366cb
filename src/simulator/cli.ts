#!/usr/bin/env node
import { help, readOptions } from './cliOptions'
import { inversDemo, stellantisDemo, volvoDemo } from './credentials'
import { startSimulator } from './simulator'

/**
 * Runs the simulator until it is interrupted. Once it is ready it prints where everything is: for people on a terminal,
 * else as one line of JSON, `{"ready":true,"url":"…"}`.
 * @returns the exit code when there is nothing to run; undefined while it runs.
 */
export async function main(args: readonly string[]): Promise<number | undefined> {
  const asked = readOptions(args)
  if (asked.kind === 'help') {
    console.log(help)
    return 0
  }
  if (asked.kind === 'wrong') {
    console.error(`${asked.why} More with --help.`)
    return 2
  }
  try {
    const simulator = await startSimulator(asked.options)
    const stop = () => void simulator.close().then(() => process.exit(0))
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
    const form = asked.form ?? (process.stdout.isTTY ? 'text' : 'json')
    console.log(form === 'json' ? JSON.stringify({ ready: true, url: simulator.url }) : told(simulator.url))
    return undefined
  } catch (error) {
    const taken = (error as { code?: unknown }).code === 'EADDRINUSE'
    console.error(taken ? `Port ${asked.options.port} is taken. Choose another one with --port.` : String(error))
    return 1
  }
}

/** Where the page and the clouds are, and who may sign in. */
const told = (url: string): string => `
  Driveway simulator
    Page with the cars   ${url}/sim/

  For an account with the server Custom: its address, where to sign in, and an application that may
    Volvo        ${url}/volvo
                 ${url}/volvo
                 ${volvoDemo.clientId}, ${volvoDemo.clientSecret}, API key ${volvoDemo.apiKey}
    Stellantis   ${url}/stellantis/connectedcar/v4   (v1: ${url}/stellantis/v1)
                 ${url}/stellantis/am/oauth2
                 ${stellantisDemo.clientId}, ${stellantisDemo.clientSecret}
    INVERS       ${url}/invers
                 ${url}/invers/auth/oauth/token
                 ${inversDemo.clientId}, ${inversDemo.clientSecret}

  Ctrl+C ends it. --json prints one line for programs instead, --help tells the rest.
`

if (require.main === module) {
  void main(process.argv.slice(2)).then((code) => {
    if (code !== undefined) process.exitCode = code
  })
}
