import { duration, instant, sinceMidnight, some, told, type Facts, type Wire } from './facts'
import type { Generation } from './listing'
import type { SignalId } from '../../vehicle/signals'
import * as words from './words'

/** Signals of the electric entry; its time is the newest of theirs. */
export const electricSignals: readonly SignalId[] = [
  'battery.stateOfCharge',
  'battery.range',
  'charging.connection',
  'charging.status',
  'charging.type',
  'charging.timeToComplete',
]
export const fuelSignals: readonly SignalId[] = ['fuel.amount', 'fuel.level', 'fuel.range']

/** One entry for each energy that the car runs on. Stellantis: energies[] */
export function energies(facts: Facts, generation: Generation, dated: boolean): Wire[] | undefined {
  const entries = [electric(facts, generation, dated), fuel(facts, generation, dated)].filter((entry) => entry !== undefined)
  return entries.length ? entries : undefined
}

const when = (facts: Facts, ids: readonly SignalId[], dated: boolean): Wire => {
  const at = facts.at(...ids)
  return dated && at !== undefined ? { createdAt: instant(at) } : {}
}

function electric(facts: Facts, generation: Generation, dated: boolean): Wire | undefined {
  if (facts.at('battery.stateOfCharge') === undefined) return undefined
  return told({
    ...when(facts, electricSignals, dated),
    type: 'Electric',
    subType: 'ElectricEnergy',
    level: facts.number('battery.stateOfCharge', 1),
    autonomy: facts.times('battery.range', 1),
    hvacPwrUsageDisp: generation === 'v1' ? asText(facts.times('climate.powerShare', 0.01, 2)) : undefined,
    extension: some({
      electric: some({
        battery: battery(facts, dated),
        charging: generation === 'v1' ? chargingV1(facts) : chargingV4(facts),
        consumption: generation === 'v1' ? some({ instant: facts.number('battery.instantConsumption') }) : undefined,
      }),
    }),
  })
}

const asText = (value: number | undefined) => (value === undefined ? undefined : String(value))

function battery(facts: Facts, dated: boolean): Wire | undefined {
  const capacity = facts.times('battery.capacity', 1000)
  const load = some({
    capacity,
    residual: facts.times('battery.energy', 1000) ?? share(capacity, facts.number('battery.stateOfCharge', 4)),
  })
  const health = some({
    capacity: facts.times('battery.stateOfHealth', 1),
    resistance: facts.times('battery.resistanceHealth', 1),
  })
  return some({
    load:
      capacity === undefined || !load
        ? undefined
        : { ...when(facts, ['battery.stateOfCharge', 'battery.capacity'], dated), ...load },
    health: health && { ...when(facts, ['battery.stateOfHealth', 'battery.resistanceHealth'], dated), ...health },
  })
}

const share = (whole: number | undefined, percent: number | undefined) =>
  whole === undefined || percent === undefined ? undefined : Math.round((whole * percent) / 100)

/** A scheduled charge is a stopped one until it begins. */
export function chargingStatus(facts: Facts): string | undefined {
  if (facts.text('charging.connection') === 'disconnected') return 'Disconnected'
  return {
    charging: 'InProgress',
    complete: 'Finished',
    fault: 'Failure',
    idle: 'Stopped',
    scheduled: 'Stopped',
    discharging: 'InProgress',
  }[facts.text('charging.status')]
}

export function plugged(facts: Facts): boolean | undefined {
  const connection = facts.text('charging.connection')
  return connection === '' ? undefined : connection !== 'disconnected'
}

/** `No`, `Slow` or `Quick`, by the current that flows. */
export function mode(facts: Facts): string | undefined {
  if (facts.at('charging.mode') !== undefined) return facts.word('charging.mode', words.chargingMode)
  if (facts.at('charging.status') === undefined) return undefined
  if (facts.text('charging.status') !== 'charging') return 'No'
  return facts.text('charging.type') === 'dc' ? 'Quick' : 'Slow'
}

/** Kilometres that an hour at the charger brings. */
function rate(facts: Facts): number | undefined {
  const { battery } = facts.profile
  if (facts.at('charging.rate') !== undefined) return facts.times('charging.rate', 1)
  if (!battery || facts.at('charging.status') === undefined) return undefined
  const power = facts.text('charging.status') === 'charging' ? (facts.number('charging.power', 3) ?? 0) : 0
  return Math.min(500, Math.round((power / battery.consumption) * 100))
}

const remaining = (facts: Facts) => {
  const minutes = facts.number('charging.timeToComplete')
  return minutes === undefined ? undefined : duration(minutes * 60)
}

interface Program {
  slot?: number
  start?: string
  end?: string
  days?: string[]
  enabled?: boolean
  toFull?: boolean
  minimum?: number
  maximum?: number
  kind?: string
  temperature?: number
  condition?: string
  recurrence?: string
}

const programsOf = (facts: Facts, id: SignalId) => facts.list(id) as readonly Program[] | undefined
const days = (program: Program) => program.days && { day: program.days.flatMap((day) => words.weekdays[day] ?? []) }

function chargingV1(facts: Facts): Wire | undefined {
  const programs = programsOf(facts, 'charging.programs')?.map((program) =>
    told({
      slot: program.slot,
      start: sinceMidnight(program.start ?? '00:00'),
      occurrence: days(program),
      enabled: program.enabled ?? true,
      chargeToFull: program.toFull,
      minChargingLevel: program.minimum ?? 0,
      maxChargingLevel: program.maximum ?? 100,
      chargeType: words.programKind[program.kind ?? 'regular'],
    }),
  )
  const nextStart = timeOfDay(facts, 'charging.nextStart')
  return some({
    plugged: plugged(facts),
    status: chargingStatus(facts),
    remainingTime: remaining(facts),
    schedule: some({
      programs,
      unitary:
        nextStart &&
        told({
          start: nextStart,
          enabled: true,
          stop: timeOfDay(facts, 'charging.nextStop'),
          stopChargeStatus: facts.word('charging.stopStatus', words.stopStatus),
        }),
    }),
    settings: some({
      chargePreferenceRate: words.chargeRates[(facts.number('charging.powerLevel') ?? 0) - 1],
      chargeLimit: { 80: 'MedPlus', 100: 'High' }[facts.number('charging.chargeLimit') ?? 0],
      chargingSpeed: rate(facts),
      chargingMode: mode(facts),
    }),
  })
}

function chargingV4(facts: Facts): Wire | undefined {
  const level = facts.number('charging.powerLevel')
  const limit = facts.number('charging.chargeLimit')
  return some({
    plugged: plugged(facts),
    status: chargingStatus(facts),
    remainingTime: remaining(facts),
    chargingRate: rate(facts),
    chargingPowerLevel: level === undefined ? undefined : `Level${level}`,
    chargingMode: mode(facts),
    // Stellantis: a time of day although called a timestamp; PT1M stands for none.
    nextDelayedTime: facts.at('charging.status') === undefined ? undefined : (timeOfDay(facts, 'charging.nextStart') ?? 'PT1M'),
    schedule: some({
      programs: programsOf(facts, 'charging.programs')?.map((program) =>
        told({
          start: sinceMidnight(program.start ?? '00:00'),
          end: program.end && sinceMidnight(program.end),
          occurence: days(program),
          enabled: program.enabled,
          chargeUntilFull: program.toFull,
        }),
      ),
    }),
    type: limit === undefined ? undefined : limit < 100 ? 'Partial' : 'Full',
  })
}

/** The time of day in Paris, where these cars live: the wire names no zone. */
const parisTime = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Paris', hour: '2-digit', minute: '2-digit' })

function timeOfDay(facts: Facts, id: SignalId): string | undefined {
  const at = Date.parse(facts.text(id))
  return Number.isNaN(at) ? undefined : sinceMidnight(parisTime.format(at))
}

function fuel(facts: Facts, generation: Generation, dated: boolean): Wire | undefined {
  const { tank } = facts.profile
  const level = facts.number('fuel.level') ?? (tank && facts.times('fuel.amount', 100 / tank.litres, 1))
  if (level === undefined) return undefined
  const consumption = some({
    total: facts.times('fuel.consumedTotal', 100),
    instant: facts.number('fuel.instantConsumption'),
  })
  return told({
    ...when(facts, fuelSignals, dated),
    type: 'Fuel',
    subType: facts.word('fuel.kind', words.fuelKind) ?? 'FossilEnergy',
    level,
    autonomy: facts.times('fuel.range', 1),
    extension: some({
      fuel: some(
        generation === 'v1'
          ? { consumption, fuelTank: some({ level: facts.value('fuel.tankText') }) }
          : { consumptions: consumption },
      ),
    }),
  })
}

/** Preconditioning with its programs. Stellantis: v1 dates the block, v4 what is in it. */
export function preconditioning(facts: Facts, generation: Generation, createdAt: Wire): Wire | undefined {
  const programs = programsOf(facts, 'climate.programs')?.map((program) =>
    told({
      slot: program.slot,
      start: sinceMidnight(program.start ?? '00:00'),
      [generation === 'v1' ? 'occurrence' : 'occurence']: days(program),
      enabled: program.enabled ?? true,
      ...(generation === 'v1'
        ? { temp: program.temperature, startCond: words.startCondition[program.condition ?? ''] }
        : { recurrence: program.recurrence === 'once' ? 'None' : 'Daily' }),
    }),
  )
  const air = some({
    status: facts.word('climate.status', words.airConditioning),
    failureCause: facts.word('climate.cause', words.climateFailure),
    startingCause: facts.word('climate.startedBy', words.startedBy),
    programs,
  })
  if (!air) return undefined
  return generation === 'v1' ? { ...createdAt, airConditioning: air } : { airConditioning: { ...createdAt, ...air } }
}
