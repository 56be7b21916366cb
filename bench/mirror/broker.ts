/** The embedded broker in a process of its own, so that its work is not counted as ours. Tells its port, ends with us. */
import { createServer, type AddressInfo } from 'node:net'
import { Aedes } from 'aedes'

async function main(): Promise<void> {
  const broker = await Aedes.createBroker()
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    broker.handle(socket)
  })
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
  process.once('disconnect', () => process.exit(0))
}

void main()
