/** Stellantis: the cars of an account and their state. */
import { toDrivewayError, type DrivewayError } from '../../vehicle/causes'
import type { Reading } from '../../vehicle/reading'
import type { SignalGroup } from '../../vehicle/signals'
import type { ListedVehicle, VehicleId } from '../../vehicle/vehicle'
import type { Answer } from '../provider'
import { placeOf, type StellantisApi } from './api'
import { metaOf, type Cars } from './cars'
import { groupsIn, isState, missingIn, planFor, sourceOf, type SourceId } from './sources'
import { isMembers, type Members } from './wire'

type Result = { source: SourceId } & ({ readings: Reading[] } | { error: DrivewayError })

export class Reads {
  constructor(
    private readonly api: StellantisApi,
    private readonly cars: Cars,
  ) {}

  async vehicles(signal: AbortSignal): Promise<ListedVehicle[]> {
    const { isV1, settings } = this.api
    const listed = await this.api.vehicles(signal, isV1 ? {} : { extension: ['branding', 'pictures'] })
    const origin = this.api.origin('vehicles')
    return listed.map(({ id, item }) => {
      const meta = metaOf(item, origin, settings.brandName)
      this.cars.of(id).meta = meta
      return { id, meta }
    })
  }

  /** Calls that reading these groups will cost, as far as is known. */
  cost(vehicle: VehicleId, groups: readonly SignalGroup[]): number {
    return this.plan(vehicle, groups).length
  }

  bring(vehicle: VehicleId, groups: readonly SignalGroup[]): readonly SignalGroup[] {
    const sources = this.plan(vehicle, groups)
    return this.groups.filter((group) => isWithin(this.plan(vehicle, [group]), sources))
  }

  /** Rejects with a DrivewayError only when no call succeeded. */
  async read(vehicle: VehicleId, groups: readonly SignalGroup[], signal: AbortSignal): Promise<Answer> {
    const results: Result[] = []
    const asked = new Set<SourceId>()
    // The second round is for what only the first one shows to be needed: stand-ins of what the state lacks.
    for (let round = 0; round < 2; round++) {
      const sources = this.plan(vehicle, groups).filter((source) => !asked.has(source))
      sources.forEach((source) => asked.add(source))
      results.push(...(await Promise.all(sources.map((source) => this.readSource(source, vehicle, signal)))))
    }
    return this.answer(vehicle, groups, results)
  }

  private get groups(): readonly SignalGroup[] {
    return groupsIn(this.api.settings.generation)
  }

  private plan(vehicle: VehicleId, groups: readonly SignalGroup[]): SourceId[] {
    return planFor(this.api.settings.generation, groups, this.cars.of(vehicle))
  }

  private async readSource(id: SourceId, vehicle: VehicleId, signal: AbortSignal): Promise<Result> {
    const car = this.cars.of(vehicle)
    const source = sourceOf(this.api.settings.generation, id)
    const call = { template: `${this.api.root}/vehicles/{id}${source.path}`, vehicle, query: source.query }
    try {
      const found =
        source.list === undefined ? await this.one(call, signal) : await this.all(call, source.list, source.pages, signal)
      // Stellantis: 404 is normal for cars without an active service; one that told something before only had a slip.
      if (!found) {
        if (!car.delivered.has(id)) car.lack(id)
        return { source: id, readings: [] }
      }
      car.delivered.add(id)
      if (isState(id)) car.missing = missingIn(found.body)
      const origin = this.api.origin(placeOf(call.template))
      const told = source.read(found, this.cars.context(vehicle, origin))
      const readings = source.isWhole ? car.inOrder(id, told, origin.receivedAt) : told
      car.note(readings)
      return { source: id, readings }
    } catch (thrown) {
      const error = toDrivewayError(thrown)
      // What was not permitted is told, and then not asked for a day; the state itself is asked again.
      if (error.code === 'SCOPE_MISSING' && !isState(id)) car.lack(id)
      return { source: id, error }
    }
  }

  private async one(call: Call, signal: AbortSignal): Promise<Found | undefined> {
    const body = await this.api.get(call, signal)
    return isMembers(body) && Object.keys(body).length > 0 ? { body, items: [] } : undefined
  }

  private async all(call: Call, name: string, pages: number | undefined, signal: AbortSignal): Promise<Found | undefined> {
    const { items, isAbsent } = await this.api.list(call, name, signal, { pages })
    return isAbsent ? undefined : { body: {}, items }
  }

  private answer(vehicle: VehicleId, groups: readonly SignalGroup[], results: readonly Result[]): Answer {
    const place = ({ code }: DrivewayError) => (/^(AUTH|KEY|QUOTA)_/.test(code) ? 0 : 1)
    const errors = results.flatMap((one) => ('error' in one ? [one.error] : [])).sort((a, b) => place(a) - place(b))
    const [foremost] = errors
    if (foremost && errors.length === results.length) throw foremost
    const good = results.flatMap((one) => ('readings' in one ? [one.source] : []))
    const { generation } = this.api.settings
    const failed = results.flatMap((one) => ('error' in one ? sourceOf(generation, one.source).groups : []))
    const whole = this.groups.filter((group) => isWithin(this.plan(vehicle, [group]), good))
    const empty = groups.filter((group) => this.plan(vehicle, [group]).length === 0)
    return {
      readings: results.flatMap((one) => ('readings' in one ? one.readings : [])),
      groups: [...new Set([...whole, ...empty])].filter((group) => !failed.includes(group)),
      failures: [...new Map(errors.map(({ cause }) => [`${cause.code} ${cause.message}`, cause])).values()],
    }
  }
}

type Call = Parameters<StellantisApi['get']>[0]

interface Found {
  body: Members
  items: readonly Members[]
}

/** Something is needed, and all of it is there. */
const isWithin = (needed: readonly SourceId[], there: readonly SourceId[]): boolean =>
  needed.length > 0 && needed.every((source) => there.includes(source))
