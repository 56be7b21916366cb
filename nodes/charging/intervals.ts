import { chargingProfiles, type ChargingIntervals, type ChargingProfile } from '../../src/account/policies'
import { DrivewayError } from '../../src/vehicle/causes'

/** Cars tell their cloud at most every few seconds: asking more often only spends calls. */
const shortestInterval = 5

const names = ['unplugged', 'plugged', 'charging', 'hinted'] as const

const isProfile = (name: string): name is ChargingProfile => Object.hasOwn(chargingProfiles, name)

/** The seconds between reads that the dialog asks for. Throws `INVALID_CONFIG` naming the first bad field. */
export function intervalsFrom(profile: unknown, custom: Record<string, unknown> | undefined): ChargingIntervals {
  const name = typeof profile === 'string' && profile ? profile : 'normal'
  if (isProfile(name)) return chargingProfiles[name]
  if (name !== 'custom') throw invalid(`There is no profile "${name.slice(0, 20)}"`)
  const read = names.map((field) => {
    const value = Number(custom?.[field])
    if (!Number.isFinite(value) || value < shortestInterval || value > 86_400)
      throw invalid(`The interval "${field}" must be a number of seconds from ${shortestInterval} to 86400`)
    return [field, value] as const
  })
  return Object.fromEntries(read) as unknown as ChargingIntervals
}

const invalid = (message: string): DrivewayError =>
  new DrivewayError({ code: 'INVALID_CONFIG', message, action: 'Open the node and mend its intervals.' })
