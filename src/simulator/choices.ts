import { signalIds, signalOf } from '../vehicle/signals'
import { alertSigns } from './car/alerts'
import { places } from './car/driving'
import type { FaultKinds } from './faults'

/** What can be chosen where the control API wants a name: for the page, and for whoever writes a script. */
export const choices = (faults: Readonly<Record<string, FaultKinds>>) => ({
  places: Object.keys(places),
  alerts: Object.keys(alertSigns),
  privacy: ['none', 'geolocation', 'full'],
  signals: signalIds.map((id) => {
    const { label, type, unit, words } = signalOf(id)
    return { id, label, type, unit, words }
  }),
  faults,
})
