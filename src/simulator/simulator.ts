import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { iso, systemClock, type Clock, type Timer } from '../clock'
import { CallLog } from './calls'
import type { Lag } from './car/body'
import type { SimulatedCar } from './car/car'
import { SimulatedCars } from './cars'
import type { Cloud, CloudBase } from './cloud'
import { Control, findCar } from './control'
import { Courses } from './courses'
import { Faults } from './faults'
import { json, readCall, sendReply, type Call, type Ending } from './http'
import { InversCloud, type InversOptions } from './invers/cloud'
import { Live } from './live'
import { MovableClock } from './movableClock'
import { Routine } from './routine'
import { StellantisCloud } from './stellantis/cloud'
import { TimeLapse } from './timeLapse'
import { VolvoCloud } from './volvo/cloud'

/** Beside what is here: a `fleet` at INVERS, and where its events go. */
export interface SimulatorOptions extends InversOptions {
  /** 0 or absent = any free port. */
  port?: number
  /** Whose time and timers to run on; default the system's. */
  clock?: Clock
  /** How long a command takes from cloud to car and back, milliseconds; default 1500. */
  commandDelayMs?: number
  /** How often the cars live on, milliseconds; default 1000. 0: they live only when `advance` is called. */
  tickMs?: number
  /** Makes chance repeatable. */
  seed?: number
  /** Seconds that a car's report takes to its cloud; default 0 to 3. */
  lag?: Lag
}

export interface Simulator {
  /** Without a slash at the end; the clouds are below it, `${url}/volvo` for one. */
  readonly url: string
  readonly port: number
  readonly cars: SimulatedCars
  readonly faults: Faults
  readonly calls: CallLog
  /** Every cloud by its prefix, which is its provider's id. */
  readonly clouds: Readonly<Record<string, Cloud>>
  readonly volvo: VolvoCloud
  readonly stellantis: StellantisCloud
  readonly invers: InversCloud
  /** The simulator's time, ms since 1970. */
  now(): number
  /** Puts the simulator's time forward; the cars live through it, tokens and quotas age. */
  advance(seconds: number): Promise<void>
  /** Cars, owners, faults, quotas and the log of calls as at the start. Time and sign-ins stay. */
  reset(): void
  /** Calls `action` after each reset, until the answer is called. */
  onReset(action: () => void): () => void
  /** Ends all connections, answered or not. */
  close(): Promise<void>
}

/**
 * Starts the simulated clouds and cars on 127.0.0.1.
 * @throws an Error with code `EADDRINUSE` when the port is taken.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const outside = options.clock ?? systemClock
  const clock = new MovableClock(outside, options.seed)
  const tickMs = options.tickMs ?? 1000
  const live = new Live()
  const routine = new Routine()
  const clouds: Record<string, Cloud> = {}
  const cloudOf = (car: SimulatedCar) => Object.values(clouds).find((cloud) => cloud.lists(car))
  const faults = new Faults(
    clock,
    () => mapValues(clouds, ({ faultKinds }) => faultKinds),
    () => live.faultsChanged(),
  )
  const calls: CallLog = new CallLog((call) => {
    live.called(call, calls.last)
    courses.called(call)
  })
  const courses = new Courses((id) => findCar({ cars, clouds }, id))
  const cars: SimulatedCars = new SimulatedCars(clock, {
    lag: options.lag ?? { min: 0, max: 3 },
    frozen: tickMs === 0,
    changed: (car) => {
      live.changed(car)
      courses.changed(car)
    },
    arrived: (car, at) => cloudOf(car)?.arrived?.(car, at),
  })
  const base: CloudBase = { clock, cars, faults, commandDelayMs: options.commandDelayMs ?? 1500 }
  const volvo = new VolvoCloud(base)
  const stellantis = new StellantisCloud(base)
  const invers = new InversCloud(base, options)
  Object.assign(clouds, { volvo, stellantis, invers })

  const listeners = new Set<() => void>()
  const reset = () => {
    timeLapse.reset()
    courses.clear()
    routine.forget()
    cars.reset()
    faults.clear()
    calls.clear()
    for (const cloud of Object.values(clouds)) cloud.reset()
    for (const action of listeners) action()
    live.wasReset()
  }
  const advance = (seconds: number): Promise<void> => {
    cars.sync()
    for (const car of cars.list()) car.tick(seconds)
    clock.advance(seconds * 1000)
    return Promise.resolve()
  }
  const timeLapse = new TimeLapse({
    outside,
    now: () => clock.now(),
    advance: (seconds) => void advance(seconds),
    live: (from, until) => routine.live(cars.list(), from, until),
    changed: (state) => live.played(state),
  })
  const control = new Control({ clock, cars, faults, calls, clouds, volvo, live, timeLapse, courses, advance, reset })

  async function answer(call: Call, response: ServerResponse): Promise<{ ending: Ending; template: string; provider?: string }> {
    if (call.path === '/' || call.path === '/sim' || call.path.startsWith('/sim/'))
      return { ending: control.handle(call, response), template: call.path }
    const [, prefix = ''] = call.path.split('/')
    const cloud = Object.hasOwn(clouds, prefix) ? clouds[prefix] : undefined
    if (!cloud)
      return {
        ending: json(404, {
          error: `Nothing lives here. There is ${Object.keys(clouds)
            .map((name) => `/${name}`)
            .join(', ')} and /sim/`,
        }),
        template: '',
      }
    const { ending, template } = await cloud.handle({ ...call, path: call.path.slice(prefix.length + 1) })
    return { ending, template: `/${prefix}${template}`, provider: prefix }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = clock.now()
    const call = await readCall(request)
    if (!call)
      return sendReply(response, { ...json(413, { error: 'The body is larger than 1 MiB' }), headers: { connection: 'close' } })
    const { ending, template, provider } = await answer(call, response)
    if (provider !== undefined) {
      const status = typeof ending === 'string' ? 0 : ending.status
      calls.add(
        { time: iso(started), provider, method: call.method, path: call.path, status, durationMs: clock.now() - started },
        template,
      )
    }
    if (ending === 'destroy') response.destroy()
    else if (typeof ending !== 'string') sendReply(response, ending)
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => {
      sendReply(response, json(500, { error: 'The simulator itself failed' }))
    })
  })
  server.on('upgrade', (request, socket, head) => {
    const [, prefix = ''] = (request.url ?? '').split('/')
    const cloud = Object.hasOwn(clouds, prefix) ? clouds[prefix] : undefined
    if (cloud?.upgrade) cloud.upgrade(request, socket, head)
    else socket.destroy()
  })
  // Longer than clients keep idle connections, so that none is cut at the moment it is used again.
  server.keepAliveTimeout = 75_000

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo

  let ticking: Timer | undefined
  const tick = () => {
    cars.sync()
    ticking = outside.after(tickMs, tick)
  }
  if (tickMs > 0) ticking = outside.after(tickMs, tick)

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    cars,
    faults,
    calls,
    clouds,
    volvo,
    stellantis,
    invers,
    now: () => clock.now(),
    advance,
    reset,
    onReset: (action) => {
      listeners.add(action)
      return () => void listeners.delete(action)
    },
    close: async () => {
      ticking?.cancel()
      timeLapse.stop()
      await Promise.all(Object.values(clouds).map(async (cloud) => cloud.close?.()))
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

const mapValues = <T, R>(given: Readonly<Record<string, T>>, to: (value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(given).map(([key, value]) => [key, to(value)]))
