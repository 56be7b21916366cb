import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'

const cli = join(__dirname, '../../src/simulator/cli.ts')
const run = (...args: string[]): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })

describe('driveway-simulator', () => {
  it('prints one line of JSON when it is ready, and ends when it is interrupted', async () => {
    const child = run('--port', '0')
    const [line] = (await once(child.stdout!, 'data')) as [Buffer]
    const { ready, url } = JSON.parse(line.toString()) as { ready: boolean; url: string }
    expect(ready).to.equal(true)
    expect((await fetch(`${url}/sim/api/vehicles`)).status).to.equal(200)
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).to.deep.equal([0, null])
  })

  it('tells people where everything is', async () => {
    const child = run('--port', '0', '--text')
    const [text] = (await once(child.stdout!, 'data')) as [Buffer]
    const [, page] = /Page with the cars +(\S+)/.exec(text.toString()) ?? []
    expect((await fetch(page!)).status).to.equal(200)
    expect(text.toString())
      .to.match(/Volvo +http.*\/volvo\n/)
      .and.contain('driveway-demo')
    child.kill('SIGINT')
    expect(await once(child, 'exit')).to.deep.equal([0, null])
  })

  it('explains every option', async () => {
    const child = run('--help')
    let said = ''
    child.stdout!.on('data', (piece: Buffer) => (said += piece.toString()))
    expect(await once(child, 'close')).to.deep.equal([0, null])
    for (const option of ['port', 'fleet', 'amqp', 'webhook', 'json', 'text', 'help'])
      expect(said).to.match(new RegExp(`--${option}\\b.* {2}\\w`))
  })

  it('says which port is taken, and how it is called right', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    for (const [args, code, text] of [
      [['--port', String(port)], 1, `Port ${port} is taken`],
      [['--port', 'many'], 2, '--port must be a whole number from 0 to 65535, not "many"'],
      [['--port'], 2, '--port needs a value'],
      [['--json=yes'], 2, '--json takes no value'],
      [['--amqp', 'nowhere'], 2, '--amqp must be an address'],
      [['--colour', 'red'], 2, 'There is no option --colour. There are: --port, --fleet, --amqp, --webhook'],
      [['1890'], 2, '"1890" belongs to no option'],
    ] as const) {
      const child = run(...args)
      let said = ''
      child.stderr!.on('data', (piece: Buffer) => (said += piece.toString()))
      expect(await once(child, 'close')).to.deep.equal([code, null])
      expect(said).to.contain(text)
    }
    other.close()
  })
})
