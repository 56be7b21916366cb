import type { CarProfile } from './car/profile'
import { inversCars } from './invers/cars'
import { stellantisCars } from './stellantis/cars'
import { volvoCars } from './volvo/cars'

/** The cars that exist when the simulator starts, each listed by one cloud. */
export const profiles: readonly CarProfile[] = [...volvoCars, ...stellantisCars, ...inversCars]
