/**
 * What Home Assistant takes by MQTT discovery, as far as cars need it. Whatever is not listed here fails.
 *
 * Sources: home-assistant.io, integrations "MQTT" (device discovery, availability), "MQTT sensor", "MQTT binary sensor",
 * "MQTT lock", "MQTT number", "MQTT select", "MQTT button", "MQTT event", "MQTT device tracker"; device classes, units
 * and state classes: "Sensor", "Binary sensor", "Number", "Button", "Event" and the developers' page "Sensor entity".
 * `object_id` is ignored since 2026.4; `state_topic` of a device tracker is deprecated until 2027.1; categories:
 * home-assistant/core pull 107199.
 */

export const rootKeys = ['device', 'origin', 'components', 'availability', 'availability_mode', 'state_topic', 'qos', 'encoding']
export const deviceKeys = [
  'identifiers', 'connections', 'name', 'manufacturer', 'model', 'model_id', 'hw_version', 'sw_version', 'serial_number',
  'suggested_area', 'via_device', 'configuration_url',
] // prettier-ignore
export const originKeys = ['name', 'sw_version', 'support_url']

/** Of every entity. */
const common = [
  'platform', 'unique_id', 'default_entity_id', 'name', 'icon', 'enabled_by_default', 'entity_category', 'entity_picture',
  'availability', 'availability_mode', 'json_attributes_topic', 'json_attributes_template', 'qos', 'encoding',
] // prettier-ignore

type Category = 'diagnostic' | 'config'

export interface PlatformRules {
  keys: readonly string[]
  required: readonly string[]
  /** Topics that Home Assistant listens to, and one that it publishes to. */
  listens?: readonly string[]
  publishes?: readonly string[]
  deviceClasses?: readonly string[]
  categories: readonly Category[]
}

export const platforms: Readonly<Record<string, PlatformRules>> = {
  sensor: {
    keys: [
      ...common, 'state_topic', 'value_template', 'device_class', 'state_class', 'unit_of_measurement', 'options',
      'expire_after', 'force_update', 'last_reset_value_template', 'suggested_display_precision',
    ], // prettier-ignore
    required: ['state_topic'],
    listens: ['state_topic', 'json_attributes_topic'],
    categories: ['diagnostic'],
  },
  binary_sensor: {
    keys: [
      ...common, 'state_topic', 'value_template', 'device_class', 'payload_on', 'payload_off', 'expire_after',
      'force_update', 'off_delay',
    ], // prettier-ignore
    required: ['state_topic'],
    listens: ['state_topic', 'json_attributes_topic'],
    deviceClasses: [
      'battery', 'battery_charging', 'carbon_monoxide', 'cold', 'connectivity', 'door', 'garage_door', 'gas', 'heat',
      'light', 'lock', 'moisture', 'motion', 'moving', 'occupancy', 'opening', 'plug', 'power', 'presence', 'problem',
      'running', 'safety', 'smoke', 'sound', 'tamper', 'update', 'vibration', 'window',
    ], // prettier-ignore
    categories: ['diagnostic'],
  },
  lock: {
    keys: [
      ...common, 'state_topic', 'value_template', 'command_topic', 'command_template', 'code_format', 'optimistic',
      'retain', 'payload_lock', 'payload_unlock', 'payload_open', 'payload_reset', 'state_locked', 'state_unlocked',
      'state_locking', 'state_unlocking', 'state_jammed',
    ], // prettier-ignore
    required: ['command_topic'],
    listens: ['state_topic', 'json_attributes_topic'],
    publishes: ['command_topic'],
    categories: ['diagnostic', 'config'],
  },
  number: {
    keys: [
      ...common, 'state_topic', 'value_template', 'command_topic', 'command_template', 'optimistic', 'retain', 'min',
      'max', 'step', 'mode', 'payload_reset', 'device_class', 'unit_of_measurement',
    ], // prettier-ignore
    required: ['command_topic'],
    listens: ['state_topic', 'json_attributes_topic'],
    publishes: ['command_topic'],
    categories: ['diagnostic', 'config'],
  },
  select: {
    keys: [
      ...common, 'state_topic', 'value_template', 'command_topic', 'command_template', 'optimistic', 'retain', 'options',
    ], // prettier-ignore
    required: ['command_topic', 'options'],
    listens: ['state_topic', 'json_attributes_topic'],
    publishes: ['command_topic'],
    categories: ['diagnostic', 'config'],
  },
  button: {
    keys: [...common, 'command_topic', 'command_template', 'payload_press', 'retain', 'device_class'],
    required: ['command_topic'],
    listens: ['json_attributes_topic'],
    publishes: ['command_topic'],
    deviceClasses: ['identify', 'restart', 'update'],
    categories: ['diagnostic', 'config'],
  },
  event: {
    keys: [...common, 'state_topic', 'value_template', 'event_types', 'device_class'],
    required: ['state_topic', 'event_types'],
    listens: ['state_topic', 'json_attributes_topic'],
    deviceClasses: ['button', 'doorbell', 'motion'],
    categories: ['diagnostic'],
  },
  device_tracker: {
    keys: [...common, 'source_type'],
    required: ['json_attributes_topic'],
    listens: ['json_attributes_topic'],
    categories: ['diagnostic'],
  },
}

export const sourceTypes = ['gps', 'router', 'bluetooth', 'bluetooth_le']
export const availabilityModes = ['all', 'any', 'latest']

export interface ClassRules {
  /** Absent: it must have none. */
  units?: readonly string[]
  stateClasses: readonly string[]
}

const measured = ['measurement']
const energies = ['J', 'kJ', 'MJ', 'GJ', 'mWh', 'Wh', 'kWh', 'MWh', 'GWh', 'TWh', 'cal', 'kcal', 'Mcal', 'Gcal']
const volumes = ['mL', 'L', 'm³', 'ft³', 'CCF', 'fl. oz.', 'gal', 'MCF']
export const stateClasses = ['measurement', 'measurement_angle', 'total', 'total_increasing']
const total = ['measurement', 'total', 'total_increasing']

/** Of sensors and numbers. */
export const deviceClasses: Readonly<Record<string, ClassRules>> = {
  enum: { stateClasses: [] },
  timestamp: { stateClasses: [] },
  battery: { units: ['%'], stateClasses: measured },
  current: { units: ['A', 'mA'], stateClasses: measured },
  distance: { units: ['mm', 'cm', 'm', 'km', 'in', 'ft', 'yd', 'mi', 'nmi'], stateClasses: total },
  duration: { units: ['d', 'h', 'min', 's', 'ms'], stateClasses: total },
  energy: { units: energies, stateClasses: ['total', 'total_increasing'] },
  energy_distance: { units: ['kWh/100km', 'Wh/km', 'mi/kWh', 'km/kWh'], stateClasses: measured },
  energy_storage: { units: energies, stateClasses: measured },
  power: { units: ['mW', 'W', 'kW', 'MW', 'GW', 'TW', 'BTU/h'], stateClasses: measured },
  pressure: { units: ['mbar', 'cbar', 'bar', 'Pa', 'hPa', 'kPa', 'inHg', 'psi', 'mmHg'], stateClasses: measured },
  speed: { units: ['m/s', 'km/h', 'mm/s', 'mm/d', 'mm/h', 'in/s', 'in/d', 'in/h', 'ft/s', 'mph', 'kn'], stateClasses: measured },
  temperature: { units: ['°C', '°F', 'K'], stateClasses: measured },
  voltage: { units: ['V', 'mV', 'µV', 'kV', 'MV'], stateClasses: measured },
  volume_storage: { units: volumes, stateClasses: measured },
}

/** Classes that only sensors know. */
export const sensorsOnly = ['enum', 'timestamp']
