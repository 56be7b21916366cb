/** Volvo's data points → readings: tables, one a call, and how they are read. */
export * from './carMapping'
export * from './energyMapping'
export { readPoints, type Mapping } from './points'
