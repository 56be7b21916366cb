/** Stellantis: delivered messages. v1 and v4 differ in form, documents and field in details: all forms are read. */
import { iso } from '../../clock'
import { sha256 } from '../../sha256'
import type { Reading } from '../../vehicle/reading'
import type { VehicleId } from '../../vehicle/vehicle'
import { numberOf, textOf, timeOf, wordOf, type Origin } from '../mapping'
import type { Delivery, DeliveryContext, DeliveryReader } from '../monitors'
import type { StellantisApi } from './api'
import type { Cars } from './cars'
import { vehicleAttribute, vehicleHeader } from './channels'
import { joinAlerts, readExtensions, readValues, type DeliveredValue } from './deliveryReadings'
import type { Board, Owners, Step } from './remotesBoard'
import { at, isMembers, listOf, membersOf, type Members } from './wire'

/** A message names few values; whatever is beyond is no message of this cloud. */
const most = { values: 100, attributes: 50, text: 500 }

export class StellantisDeliveries implements DeliveryReader {
  constructor(
    private readonly api: StellantisApi,
    private readonly cars: Cars,
    private readonly board: Board,
    private readonly owners: Owners,
  ) {}

  read(message: unknown, context: DeliveryContext): Delivery | undefined {
    if (!isMembers(message)) return undefined
    const { monitorEvent, remoteEvent } = message
    const kind = wordOf(message.type ?? '')
    if (isMembers(monitorEvent) && kind !== 'REMOTE') return this.fired(message, monitorEvent, context)
    if (isMembers(remoteEvent) && kind !== 'MONITOR') return this.step(message, remoteEvent, context)
    return undefined
  }

  private fired(message: Members, event: Members, context: DeliveryContext): Delivery | undefined {
    const monitorId = textIn(event.monitorId)
    if (monitorId === undefined) return undefined
    const envelope = this.envelope(message, monitorId, context)
    // v1 puts them below `data`; v4, and v1 of old, beside the monitor's id.
    const inside = isMembers(event.data) ? { ...event, ...event.data } : event
    const values = valuesIn(inside.values)
    const refresh = wordOf(inside.refresh ?? '') === 'TRUE'
    const settings = isMembers(event.settings) ? event.settings : undefined
    return {
      ...envelope,
      key: [
        `monitor ${monitorId} ${textIn(message.date) ?? `at ${context.receivedAt}`}`,
        hashOf([this.carInKey(message, monitorId, context), refresh, values]),
      ].join(' '),
      readings: this.readings(envelope, { values, raw: inside.values, extensions: inside.extensions }, context),
      groups: [],
      monitor: {
        monitorId,
        refresh,
        values,
        ...(settings && { settings }),
        attributes: Object.fromEntries(attributesIn(message)),
      },
    }
  }

  private step(message: Members, event: Members, context: DeliveryContext): Delivery | undefined {
    const id = textIn(event.remoteActionId)
    const step = stepIn(event.eventStatus)
    if (id === undefined || step === undefined) return undefined
    const envelope = this.envelope(message, id, context)
    this.board.note(id, step)
    return {
      ...envelope,
      key: `remote ${id} ${[step.type, step.status, step.failureCause].map((one) => one ?? '').join(' ')}`,
      readings: this.readings(envelope, { values: [], extensions: event.extensions }, context),
      groups: [],
      remote: { id },
    }
  }

  private envelope(message: Members, owned: string, context: DeliveryContext): Pick<Delivery, 'at' | 'channelId' | 'vehicle'> {
    const channelId = textIn(message.channelId) ?? textIn(message.callbackId)
    const vehicle = vehicleIn(message, context) ?? this.owners.of(owned)
    return {
      at: timeOf(message.date, this.origin(context)) ?? context.receivedAt,
      ...(channelId === undefined ? {} : { channelId }),
      ...(vehicle === undefined ? {} : { vehicle }),
    }
  }

  /**
   * One monitor of v1 may watch several cars, which may fire at one time. What is sent again may come without header and
   * query, so they are asked last.
   */
  private carInKey(message: Members, monitorId: string, context: DeliveryContext): VehicleId | undefined {
    return carIn([inBody(message)]) ?? this.owners.of(monitorId) ?? vehicleIn(message, context)
  }

  private readings(
    { at: time, vehicle }: Pick<Delivery, 'at' | 'vehicle'>,
    { values, raw, extensions }: { values: readonly DeliveredValue[]; raw?: unknown; extensions: unknown },
    context: DeliveryContext,
  ): Reading[] {
    const about = this.cars.context(vehicle ?? '', this.origin(context), iso(time))
    const told = readExtensions(extensions, about)
    const { generation } = this.api.settings
    const car = vehicle === undefined ? undefined : this.cars.of(vehicle)
    const fired = [...readValues(values, generation, about), ...joinAlerts(raw, car?.alerts ?? [], about)]
    // An extension tells the whole block; a value only repeats what fired.
    const known = new Set(told.map(({ signal }) => signal))
    const all = [...told, ...fired.filter(({ signal }) => !known.has(signal))]
    car?.note(all)
    return all
  }

  private origin({ receivedAt }: DeliveryContext): Origin {
    return { where: 'deliveries', receivedAt, drift: (where, sample) => this.api.drift(where, sample) }
  }
}

const textIn = (value: unknown): string | undefined => textOf(value)?.slice(0, most.text)

/** Header and query are those of the channel and missing in batches; the attribute of the body stays. A `$` was not filled in. */
function vehicleIn(message: Members, { headers, query }: DeliveryContext): VehicleId | undefined {
  return carIn([headers[vehicleHeader.toLowerCase()], query[vehicleAttribute], inBody(message)])
}

const inBody = (message: Members): string | undefined =>
  attributesIn(message).find(([key]) => key.toLowerCase() === vehicleAttribute)?.[1]

const carIn = (told: readonly unknown[]): VehicleId | undefined =>
  told.map((one) => textIn(one)?.split(',')[0]?.trim()).find((one) => one !== undefined && /^[\w-]+$/.test(one))

/** Keys are written down: no car and no value is to be read in them. */
const hashOf = (told: unknown): string => sha256(JSON.stringify(told)).slice(0, 32)

function attributesIn(message: Members): [string, string][] {
  return listOf(message.attributes)
    .slice(0, most.attributes)
    .flatMap(({ key, value }): [string, string][] => {
      const name = textIn(key)
      const text = plain(value)
      return name === undefined || text === undefined ? [] : [[name, text]]
    })
}

/** Texts, and whatever else can be written as one; empty for what says nothing. */
function plain(value: unknown): string | undefined {
  if (typeof value === 'boolean') return String(value)
  const text = typeof value === 'number' ? numberOf(value)?.toString() : textOf(value)
  return text?.slice(0, most.text)
}

/** `value` is a text, or an object with `body.literalValue` or `body.objectValues`; `previous` stands at either place. */
function valuesIn(list: unknown): DeliveredValue[] {
  return listOf(list)
    .slice(0, most.values)
    .flatMap((item): DeliveredValue[] => {
      const data = textIn(item.data)
      if (data === undefined) return []
      const before = plain(item.previous) ?? plain(at(item.value, 'body', 'previous'))
      const previous = before === undefined ? {} : { previous: before }
      const literals = isMembers(item.value) ? literalsIn(membersOf(item.value.body)) : [plain(item.value)]
      const said = literals.filter((one) => one !== undefined)
      return said.length === 0 ? [{ data, ...previous }] : said.map((value) => ({ data, value, ...previous }))
    })
}

/** Objects are alerts: their type is the value. */
const literalsIn = ({ literalValue, objectValues }: Members): (string | undefined)[] =>
  Array.isArray(objectValues)
    ? listOf(objectValues)
        .slice(0, most.values)
        .map(({ type }) => plain(type))
    : [plain(literalValue)]

/** `status` is a text; the portal draws an object with one of two members in its place. */
function stepIn(eventStatus: unknown): Step | undefined {
  const { type, status, failureCause, feedbackDetail } = membersOf(eventStatus)
  const step = {
    type: textIn(type),
    status: wordIn(status),
    failureCause: wordIn(failureCause),
    feedback: textIn(feedbackDetail),
  }
  const given = Object.entries(step).filter(([, value]) => value !== undefined)
  return step.type === undefined && step.status === undefined ? undefined : Object.fromEntries(given)
}

const wordIn = (value: unknown): string | undefined =>
  isMembers(value)
    ? Object.values(value)
        .map(textIn)
        .find((one) => one !== undefined)
    : textIn(value)
