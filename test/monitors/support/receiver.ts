/** A process that takes deliveries in over HTTP, keeps them in the folder it is given, and prints the level of each event. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { openSealer } from '../../../src/cloud/seal'
import { fileStateStore } from '../../../src/cloud/stateStore'
import { givenDeliveredTo } from '../deliveredTo'

async function main(): Promise<void> {
  const [dir = ''] = process.argv.slice(2)
  const sealer = await openSealer({ dir, secrets: ['secret'] })
  const { home } = await givenDeliveredTo()
  home.start((hand) => hand, fileStateStore({ dir, room: 'state', sealer }))
  home.account.on('event', ({ slug }, { name, id, details }) => {
    const [value] = (details?.values ?? []) as { value: string }[]
    if (name === 'monitor') process.stdout.write(`told ${slug} ${id} ${value?.value}\n`)
  })
  await home.account.vehicles()
  const server = createServer((request, response) => {
    void text(request)
      .then((body) => home.post(body))
      .then(({ status }) => response.writeHead(status).end())
  })
  server.listen(0, '127.0.0.1', () => process.stdout.write(`at http://127.0.0.1:${(server.address() as AddressInfo).port}\n`))
}

void main()
