#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { startSimulator, type SimulatorOptions } from './simulator'

const usage = 'Usage: driveway-simulator [--port 1890] [--fleet 10000] [--amqp amqp://user:password@host] [--webhook http://…]'
/** More than anybody has. */
const largestFleet = 1_000_000

/**
 * Runs the simulator until it is interrupted. Prints one line of JSON when it is ready.
 * @returns the exit code when it cannot start; undefined while it runs.
 */
export async function main(args: readonly string[]): Promise<number | undefined> {
  const options = optionsFrom(args)
  if (!options) {
    console.error(usage)
    return 2
  }
  try {
    const simulator = await startSimulator(options)
    const stop = () => void simulator.close().then(() => process.exit(0))
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
    console.log(JSON.stringify({ ready: true, url: simulator.url }))
    return undefined
  } catch (error) {
    const taken = (error as { code?: unknown }).code === 'EADDRINUSE'
    console.error(taken ? `Port ${options.port} is taken. Choose another one with --port.` : String(error))
    return 1
  }
}

type Options = SimulatorOptions & { port: number }

/** What was asked for; undefined when it cannot be meant. */
function optionsFrom(args: readonly string[]): Options | undefined {
  try {
    const { port, fleet, amqp, webhook } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '1890' },
        fleet: { type: 'string', default: '0' },
        amqp: { type: 'string' },
        webhook: { type: 'string' },
      },
    }).values
    const addresses = [amqp, webhook].filter((address) => address !== undefined)
    if (!isWhole(port, 65535) || !isWhole(fleet, largestFleet) || !addresses.every((address) => URL.canParse(address)))
      return undefined
    return {
      port: Number(port),
      fleet: Number(fleet),
      ...(amqp === undefined ? {} : { amqp: { url: amqp } }),
      ...(webhook === undefined ? {} : { webhook: { url: webhook } }),
    }
  } catch {
    return undefined
  }
}

const isWhole = (text: string, most: number): boolean => /^\d+$/.test(text) && Number(text) <= most

if (require.main === module) {
  void main(process.argv.slice(2)).then((code) => {
    if (code !== undefined) process.exitCode = code
  })
}
