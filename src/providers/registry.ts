/** The clouds we speak to. One line each; a cloud's code is loaded when an account first needs it. */
import type { ProviderKit } from './kit'

const kits = {
  volvo: () => import('./volvo/kit').then(({ volvoKit }) => volvoKit),
  stellantis: () => import('./stellantis/kit').then(({ stellantisKit }) => stellantisKit),
  invers: () => import('./invers/kit').then(({ inversKit }) => inversKit),
} as const satisfies Record<string, () => Promise<ProviderKit>>

export type KnownProvider = keyof typeof kits
/** No cloud: another Driveway, read through a broker. */
export const loadOtherDriveway = () => import('./mqtt/mqtt').then(({ OtherDriveway }) => OtherDriveway)
export const loadProvider = (id: KnownProvider): Promise<ProviderKit> => kits[id]()
