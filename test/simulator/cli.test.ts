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

  it('says which port is taken, and how it is called right', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    for (const [args, code, text] of [
      [['--port', String(port)], 1, `Port ${port} is taken`],
      [['--port', 'many'], 2, 'Usage'],
      [['--colour', 'red'], 2, 'Usage'],
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
