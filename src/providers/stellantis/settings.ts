/** What an account's fields mean for Stellantis. */
import type { ProviderSettings } from '../kit'
import { brands, isBrand, type BrandId } from './brands'

export type Generation = 'v4' | 'v1'

export interface StellantisSettings {
  generation: Generation
  brand: BrandId
  /** The brand's name, where a person chose one. */
  brandName?: string
  realm: string
  /** v1 as the quick start shows it: no token, the application's key and whom to act for in headers. */
  headerMode: boolean
  /** v1: the application signs in by itself. */
  clientGrant: boolean
  environment?: string
  /** v1: whom to act for, where the token does not say it. */
  userId?: string
  partnerId?: string
  customerContext?: string
  locale?: string
  timeZone: string
  /** Vehicle id → side of the driver, as the account says. */
  steering?: ProviderSettings['steering']
  /** Factor from the wire's `kinetic.speed` to km/h. */
  speedFactor: number
}

/** Stellantis: v1 says m/s, v4 km/h, of one and the same field; so it is a switch. */
const speedFactors: Readonly<Record<string, number>> = { 'm/s': 3.6, 'km/h': 1 }

const generationOf = ({ api }: Pick<ProviderSettings, 'api'>): Generation => (api === 'v1' ? 'v1' : 'v4')

export function readSettings(settings: ProviderSettings): StellantisSettings {
  const { own, timeZone, steering } = settings
  const generation = generationOf(settings)
  const text = (name: string): string | undefined => own[name]?.trim() || undefined
  const named = text('brand')?.toLowerCase() ?? ''
  const brand = isBrand(named) ? named : 'peugeot'
  const headerMode = generation === 'v1' && text('headerMode') === 'true'
  return {
    generation,
    brand,
    ...(isBrand(named) && { brandName: brands[named].title }),
    realm: text('realm') ?? brands[brand].realm,
    headerMode,
    clientGrant: generation === 'v1' && !headerMode && text('grant') === 'client',
    environment: text('environment'),
    userId: text('userId'),
    partnerId: text('partnerId'),
    customerContext: text('customerContext'),
    locale: text('locale'),
    timeZone,
    steering,
    speedFactor: speedFactors[text('speedUnit') ?? (generation === 'v1' ? 'm/s' : 'km/h')] ?? 1,
  }
}

/** The first field that is wrong, as a sentence for people. */
export function wrongSetting({ own }: ProviderSettings): string | undefined {
  const { brand = '', grant = '', speedUnit = '', locale = '' } = own
  if (brand.trim() !== '' && !isBrand(brand.trim().toLowerCase()))
    return `The brand "${brand}" is not known. Known are ${Object.keys(brands).join(', ')}`
  if (!['', 'client', 'code'].includes(grant)) return `The kind of sign-in "${grant}" is not known. Known are code and client`
  if (speedUnit !== '' && !Object.hasOwn(speedFactors, speedUnit)) return 'The unit of the speed is either km/h or m/s'
  if (locale.trim() !== '' && !/^[a-z]{2}(-[A-Z]{2})?$/.test(locale.trim())) return 'The language looks like fr-FR'
  return undefined
}
