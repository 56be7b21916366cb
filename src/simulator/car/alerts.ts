import type { SignalId } from '../../vehicle/signals'
import type { CarBody } from './body'

interface Sign {
  raised: string
  cleared: string
}

/** What a named alert does to a car's signals; the words are the catalogue's. */
export const alertSigns: Readonly<Record<string, Partial<Record<SignalId, Sign>>>> = {
  'tyre-front-left': { 'tyres.frontLeft': { raised: 'low', cleared: 'ok' } },
  'tyre-front-right': { 'tyres.frontRight': { raised: 'low', cleared: 'ok' } },
  'tyre-rear-left': { 'tyres.rearLeft': { raised: 'low', cleared: 'ok' } },
  'tyre-rear-right': { 'tyres.rearRight': { raised: 'low', cleared: 'ok' } },
  'service-due': { 'service.warning': { raised: 'due', cleared: 'ok' } },
  'service-overdue': { 'service.warning': { raised: 'overdue', cleared: 'ok' } },
  'washer-fluid': { 'service.washerFluid': { raised: 'low', cleared: 'ok' } },
  'brake-fluid': { 'service.brakeFluid': { raised: 'low', cleared: 'ok' } },
  'oil-level': { 'engine.oilLevel': { raised: 'low', cleared: 'ok' } },
  'coolant-level': { 'engine.coolantLevel': { raised: 'low', cleared: 'ok' } },
  'brake-light-left': { 'lights.brakeLeft': { raised: 'fault', cleared: 'ok' } },
  'low-beam-right': { 'lights.lowBeamRight': { raised: 'fault', cleared: 'ok' } },
}

/** Raises or clears an alert: one of `alertSigns`, or any other code, which joins `alerts.active`. */
export function turnAlert(body: CarBody, code: string, isActive: boolean): void {
  for (const [id, { raised, cleared }] of Object.entries(alertSigns[code] ?? {})) body.put({ [id]: isActive ? raised : cleared })
  const before = body.get('alerts.active')
  const others = (Array.isArray(before) ? (before as string[]) : []).filter((other) => other !== code)
  body.put({ 'alerts.active': isActive ? [...others, code] : others })
  body.record(isActive ? 'alert-raised' : 'alert-cleared', code)
  body.report('health')
}
