import { CarRefusal, type CarBody, type Part } from './body'

/** Seconds that car and charger need to agree before power flows. */
const handshake = { min: 3, max: 6 }
/** Seconds between two reports while charging. */
const reportEvery = { min: 60, max: 300 }
/** Above this level fast charging gets slower and slower. */
const taperFrom = 80

/** The cable, the charger and the traction battery. */
export class Charging implements Part {
  /** When the cable that is in the car now was plugged in, ms since 1970. */
  pluggedInAt: number | undefined

  constructor(private readonly body: CarBody) {}

  get active(): boolean {
    return this.body.get('charging.status') === 'charging'
  }

  get plugged(): boolean {
    return this.body.get('charging.connection') === 'connected'
  }

  plugIn(type: 'ac' | 'dc'): void {
    const { battery } = this.body.profile
    if (!battery) throw new CarRefusal('This car has no charge port')
    if (type === 'dc' && battery.dc === undefined) throw new CarRefusal('This car cannot charge with DC', 'type')
    if (this.plugged) throw new CarRefusal('This car is plugged in already')
    this.body.put({
      'charging.connection': 'connected',
      'charging.type': type,
      'charging.status': 'idle',
      'charging.supply': 'available',
    })
    this.pluggedInAt = this.body.time
    this.body.record('plugged-in')
    this.body.report('energy')
    this.body.plan('handshake', this.body.random(handshake.min, handshake.max), () => this.begin())
  }

  unplug(): void {
    if (!this.plugged) throw new CarRefusal('This car is not plugged in')
    const charging = this.active
    this.body.cancel('handshake')
    this.body.cancel('scheduled charging')
    this.halt('idle')
    this.body.put({ 'charging.connection': 'disconnected', 'charging.type': 'none', 'charging.supply': 'none' })
    this.pluggedInAt = undefined
    if (charging) this.body.record('charging-stopped')
    this.body.record('unplugged')
    this.body.report('energy')
  }

  /** By hand, at the car or the charger: whatever a schedule says. */
  start(): void {
    if (!this.plugged) throw new CarRefusal('This car is not plugged in')
    if (this.active) throw new CarRefusal('This car is charging already')
    if (this.full) throw new CarRefusal('This car has reached its charge limit')
    this.body.cancel('handshake')
    this.body.cancel('scheduled charging')
    this.flow()
  }

  stop(): void {
    if (!this.active) throw new CarRefusal('This car is not charging')
    this.halt('idle')
    this.body.record('charging-stopped')
    this.body.report('energy')
  }

  /** Level or limit was changed from outside: the range follows, and charging ends or goes on by the new values. */
  settle(): void {
    if (!this.body.profile.battery) return
    this.body.put({ 'battery.range': this.range })
    if (this.active && this.full) this.complete()
    else if (this.body.get('charging.status') === 'complete' && !this.full) this.flow()
    else if (this.active) this.body.put({ 'charging.timeToComplete': this.minutesLeft })
  }

  /** Takes what driving uses and tells how far the rest goes. */
  drain(kWh: number): void {
    const { battery } = this.body.profile
    if (!battery) return
    const level = Math.max(0, this.body.number('battery.stateOfCharge') - (kWh / battery.capacity) * 100)
    this.body.put({ 'battery.stateOfCharge': level, 'battery.range': this.range })
  }

  step(seconds: number): void {
    const { battery } = this.body.profile
    if (!this.active || !battery) return
    const gained = ((this.power * seconds) / 3600 / battery.capacity) * 100
    const level = Math.min(this.limit, this.body.number('battery.stateOfCharge') + gained)
    this.body.put({ 'battery.stateOfCharge': level })
    this.body.put({ 'battery.range': this.range, 'charging.power': this.power, 'charging.timeToComplete': this.minutesLeft })
    if (this.full) this.complete()
  }

  private get limit(): number {
    const limit = this.body.get('charging.chargeLimit')
    return typeof limit === 'number' ? limit : 100
  }

  private get full(): boolean {
    return this.body.number('battery.stateOfCharge') >= this.limit - 1e-6
  }

  private get range(): number {
    const { battery } = this.body.profile
    return battery ? ((this.body.number('battery.stateOfCharge') / 100) * battery.capacity * 100) / battery.consumption : 0
  }

  /** kW that flow now. */
  private get power(): number {
    return this.powerAt(this.body.number('battery.stateOfCharge'))
  }

  private powerAt(level: number): number {
    const { battery } = this.body.profile
    if (!battery) return 0
    if (this.body.get('charging.type') !== 'dc') return battery.ac
    const most = battery.dc ?? 0
    return level <= taperFrom ? most : most * Math.max(0.1, (100 - level) / (100 - taperFrom))
  }

  /** Minutes to the limit, adding up the slower and slower last part of fast charging. */
  private get minutesLeft(): number {
    const { battery } = this.body.profile
    if (!battery) return 0
    let hours = 0
    for (let level = this.body.number('battery.stateOfCharge'); level < this.limit; level += 1) {
      const piece = Math.min(1, this.limit - level)
      hours += ((piece / 100) * battery.capacity) / this.powerAt(level)
    }
    return Math.round(hours * 60)
  }

  private begin(): void {
    if (!this.plugged) return
    const start = Date.parse(this.body.text('charging.nextStart'))
    if (this.full) {
      this.body.put({ 'charging.status': 'complete' })
      this.body.record('charging-complete')
      this.body.report('energy')
    } else if (start > this.body.time) {
      this.body.put({ 'charging.status': 'scheduled' })
      this.body.record('charging-scheduled')
      this.body.report('energy')
      this.body.plan('scheduled charging', (start - this.body.time) / 1000, () => this.flow())
    } else this.flow()
  }

  private flow(): void {
    this.body.put({ 'charging.status': 'charging', 'charging.supply': 'providing', 'charging.power': this.power })
    this.body.put({ 'charging.timeToComplete': this.minutesLeft })
    this.body.record('charging-started')
    this.body.report('energy')
    this.reportAgain()
  }

  private reportAgain(): void {
    this.body.plan('charging report', this.body.random(reportEvery.min, reportEvery.max), () => {
      this.body.report('energy')
      this.reportAgain()
    })
  }

  private complete(): void {
    this.halt('complete')
    this.body.record('charging-complete')
    this.body.report('energy')
  }

  private halt(status: 'idle' | 'complete'): void {
    this.body.cancel('charging report')
    this.body.put({
      'charging.status': status,
      'charging.supply': 'available',
      'charging.power': undefined,
      'charging.timeToComplete': 0,
    })
  }
}
