import type { ServerResponse } from 'node:http'
import type { LoggedCall } from './calls'
import type { SimulatedCar } from './car/car'
import { view } from './view'

/** Tells open pages, as server-sent events, what changes; changes of one car within one turn are told once. */
export class Live {
  private readonly listeners = new Set<ServerResponse>()
  private readonly waiting = new Set<SimulatedCar>()

  listen(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write(': hello\n\n')
    this.listeners.add(response)
    response.on('close', () => this.listeners.delete(response))
  }

  changed(car: SimulatedCar): void {
    if (!this.listeners.size) return
    if (!this.waiting.size) setImmediate(() => this.flush())
    this.waiting.add(car)
  }

  called(call: LoggedCall): void {
    this.send('call', call)
  }

  faultsChanged(): void {
    this.send('faults', {})
  }

  private flush(): void {
    for (const car of this.waiting) this.send('vehicle', view(car))
    this.waiting.clear()
  }

  private send(event: string, data: unknown): void {
    if (!this.listeners.size) return
    const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
    for (const listener of this.listeners) listener.write(text)
  }
}
