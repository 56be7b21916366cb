import type { ServerResponse } from 'node:http'
import type { LoggedCall } from './calls'
import type { SimulatedCar } from './car/car'
import type { PlayState } from './timeLapse'
import { view } from './view'

interface Listener {
  /** Keys of the cars it wants to hear of; absent = all. */
  cars?: ReadonlySet<string>
  /** It has not taken what it was told, so it is told no more before it has. */
  behind: boolean
}

/** Bytes that a listener may have waiting before it counts as too slow. */
const patience = 1_048_576

/** Tells open pages, as server-sent events, what changes; changes of one car within one turn are told once. */
export class Live {
  private readonly listeners = new Map<ServerResponse, Listener>()
  private readonly waiting = new Set<SimulatedCar>()

  listen(response: ServerResponse, cars?: readonly string[]): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write(': hello\n\n')
    const listener: Listener = { behind: false, ...(cars ? { cars: new Set(cars) } : {}) }
    this.listeners.set(response, listener)
    response.on('close', () => this.listeners.delete(response))
    response.on('drain', () => {
      if (!listener.behind) return
      listener.behind = false
      // It missed something: it has to look at everything again.
      response.write('event: again\ndata: {}\n\n')
    })
  }

  changed(car: SimulatedCar): void {
    if (!this.listeners.size) return
    if (!this.waiting.size) setImmediate(() => this.flush())
    this.waiting.add(car)
  }

  /** `number`: the call's own, so that a page knows whether a list it has holds it already. */
  called(call: LoggedCall, number: number): void {
    this.send('call', () => ({ ...call, number }))
  }

  faultsChanged(): void {
    this.send('faults', () => ({}))
  }

  played(state: PlayState): void {
    this.send('play', () => state)
  }

  wasReset(): void {
    this.send('again', () => ({}))
  }

  private flush(): void {
    for (const car of this.waiting)
      this.send(
        'vehicle',
        () => view(car),
        ({ cars }) => cars?.has(car.key) ?? true,
      )
    this.waiting.clear()
  }

  private send(event: string, data: () => unknown, isFor: (listener: Listener) => boolean = () => true): void {
    const wanted = [...this.listeners].filter(([, listener]) => !listener.behind && isFor(listener))
    if (!wanted.length) return
    const text = `event: ${event}\ndata: ${JSON.stringify(data())}\n\n`
    for (const [response, listener] of wanted) {
      response.write(text)
      listener.behind = response.writableLength > patience
    }
  }
}
