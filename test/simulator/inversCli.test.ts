import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect } from 'chai'
import { basic } from './inversSupport'

const cli = join(__dirname, '../../src/simulator/cli.ts')
const run = (...args: string[]) =>
  spawn(process.execPath, ['--import', 'tsx', cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })

describe('driveway-simulator with a fleet', () => {
  it('plays a fleet of the size that was asked for', async () => {
    const child = run('--port', '0', '--fleet', '2500')
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const { url } = JSON.parse(line.toString()) as { url: string }
    const token = await fetch(`${url}/invers/auth/oauth/token?grant_type=client_credentials`, {
      method: 'POST',
      headers: { authorization: basic() },
    })
    const { access_token } = (await token.json()) as { access_token: string }
    const found = await fetch(`${url}/invers/vehicles?q=${encodeURIComponent('B-FL 2500')}`, {
      headers: { authorization: `Bearer ${access_token}` },
    })
    expect(((await found.json()) as { items: unknown[] }).items).to.have.length(1)
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).to.deep.equal([0, null])
  })

  it('says how it is called right', async () => {
    for (const args of [
      ['--fleet', 'many'],
      ['--fleet', '-3'],
      ['--amqp', 'nowhere'],
      ['--webhook', 'nowhere'],
    ]) {
      const child = run('--port', '0', ...args)
      let said = ''
      child.stderr.on('data', (piece: Buffer) => (said += piece.toString()))
      expect(await once(child, 'close'), args.join(' ')).to.deep.equal([2, null])
      expect(said).to.contain(`${args[0]} must be`)
    }
  })
})
