import type { CarBody } from './body'

/** Minutes that the climate runs when nobody stops it. */
const climateRuns = 30

/** What runs for a while after it was started from afar: climate and engine. */
export class Remote {
  constructor(private readonly body: CarBody) {}

  startClimate(): void {
    this.body.put({ 'climate.status': 'active' })
    this.body.record('climate-started')
    this.body.report('climate')
    this.body.plan('climate stop', climateRuns * 60, () => this.stopClimate())
  }

  stopClimate(): void {
    if (this.body.get('climate.status') !== 'active') return
    this.body.cancel('climate stop')
    this.body.put({ 'climate.status': 'inactive' })
    this.body.record('climate-stopped')
    this.body.report('climate')
  }

  startEngine(minutes: number): void {
    if (this.body.get('engine.status') !== 'running') this.body.record('engine-started')
    this.body.put({ 'engine.status': 'running' })
    this.body.report('engine')
    this.body.plan('engine stop', minutes * 60, () => this.stopEngine())
  }

  stopEngine(): void {
    this.body.cancel('engine stop')
    if (this.body.get('engine.status') !== 'running') return
    this.body.put({ 'engine.status': 'stopped' })
    this.body.record('engine-stopped')
    this.body.report('engine')
  }

  /** Whoever drives off takes over from what was started from afar. */
  handOver(): void {
    this.body.cancel('engine stop')
    this.stopClimate()
  }
}
