import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer, type AddressInfo } from 'node:net'
import path from 'node:path'
import { userDirectory } from './nodeRed'
import { median, type Measure } from './report'

const nodeRed = createRequire(__filename).resolve('node-red/red.js')
const rounds = 5

interface Start {
  ms: number
  /** Resident memory after the start, MiB. */
  mib: number
}

/** What it costs a Node-RED to have our nodes loaded, against the same Node-RED without them. */
export async function load(): Promise<Measure[]> {
  const without: Start[] = []
  const withUs: Start[] = []
  for (let round = 0; round < rounds; round++) {
    without.push(await start(false))
    withUs.push(await start(true))
  }
  const ms = (starts: readonly Start[]) => median(starts.map((one) => one.ms))
  const mib = (starts: readonly Start[]) => median(starts.map((one) => one.mib))
  return [
    { part: 'load', name: 'Node-RED alone: start', value: ms(without), unit: 'ms' },
    { part: 'load', name: 'with all nodes: start', value: ms(withUs), unit: 'ms' },
    { part: 'load', name: 'start time, with / without', value: ms(withUs) / ms(without), unit: '' },
    { part: 'load', name: 'Node-RED alone: resident memory', value: mib(without), unit: 'MiB' },
    { part: 'load', name: 'with all nodes: resident memory', value: mib(withUs), unit: 'MiB' },
    { part: 'load', name: 'memory added', value: mib(withUs) - mib(without), unit: 'MiB' },
    { part: 'load', name: 'memory, with / without', value: mib(withUs) / mib(without), unit: '' },
  ]
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

async function start(withUs: boolean): Promise<Start> {
  const { dir, remove } = userDirectory(withUs)
  writeFileSync(
    path.join(dir, 'settings.js'),
    'module.exports = { uiHost: "127.0.0.1", telemetry: { enabled: false, updateNotification: false }, credentialSecret: false }',
  )
  const args = [nodeRed, '-u', dir, '-p', String(await freePort()), '-s', path.join(dir, 'settings.js')]
  const started = performance.now()
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  try {
    let log = ''
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        log += chunk.toString()
        if (log.includes('Started flows')) resolve()
      })
      child.once('exit', (code) => reject(new Error(`Node-RED ended with ${code}: ${log}`)))
    })
    const ms = performance.now() - started
    if (withUs && /driveway.*(error|missing)/i.test(log)) throw new Error(`the nodes did not load: ${log}`)
    await new Promise((resolve) => setTimeout(resolve, 2000))
    const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]
    return { ms, mib: Number(resident) / 1024 }
  } finally {
    child.removeAllListeners('exit')
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill()
    await ended
    remove()
  }
}
