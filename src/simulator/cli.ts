#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { startSimulator } from './simulator'

const usage = 'Usage: driveway-simulator [--port 1890]'

/**
 * Runs the simulator until it is interrupted. Prints one line of JSON when it is ready.
 * @returns the exit code when it cannot start; undefined while it runs.
 */
export async function main(args: readonly string[]): Promise<number | undefined> {
  const port = portFrom(args)
  if (port === undefined) {
    console.error(usage)
    return 2
  }
  try {
    const simulator = await startSimulator({ port })
    const stop = () => void simulator.close().then(() => process.exit(0))
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
    console.log(JSON.stringify({ ready: true, url: simulator.url }))
    return undefined
  } catch (error) {
    const taken = (error as { code?: unknown }).code === 'EADDRINUSE'
    console.error(taken ? `Port ${port} is taken. Choose another one with --port.` : String(error))
    return 1
  }
}

function portFrom(args: readonly string[]): number | undefined {
  try {
    const { values } = parseArgs({ args: [...args], options: { port: { type: 'string', default: '1890' } } })
    const port = Number(values.port)
    return Number.isInteger(port) && port >= 0 && port <= 65535 ? port : undefined
  } catch {
    return undefined
  }
}

if (require.main === module) {
  void main(process.argv.slice(2)).then((code) => {
    if (code !== undefined) process.exitCode = code
  })
}
