/** Zones: towns, the date line, the poles, edges. Distances are on a sphere, 111.19 km for one degree of a great circle. */
import { caseOf, type MonitorCase, type Place, type WireTrigger } from './caseForm'

const at = (latitude: number, longitude: number): Place => ({ latitude, longitude })

const zone = (name: string, transition: 'In' | 'Out', center: Place, radius: number): WireTrigger => ({
  name,
  zone: { transition, place: { radius, center: { longitude: center.longitude, latitude: center.latitude } } },
})

const drive = (
  title: string,
  transition: 'In' | 'Out',
  center: Place,
  radius: number,
  way: readonly Place[],
  letters: string,
  refresh?: number,
): MonitorCase =>
  caseOf(
    title,
    [zone('z1', transition, center, radius)],
    'z1',
    way.map((position) => ({ position })),
    letters,
    { refresh },
  )

const paris = at(48.8566, 2.3522)
const versailles = at(48.8049, 2.1204)
const lyon = at(45.764, 4.8357)
const gothenburg = at(57.7089, 11.9746)
const suva = at(-18.1416, 178.4419)
const east = (longitude: number, latitude = 0) => at(latitude, longitude)

export const zoneCases: readonly MonitorCase[] = [
  drive('into a town', 'In', paris, 10, [lyon, paris, paris, lyon, paris], '.F..F'),
  drive('out of a town', 'Out', paris, 10, [paris, lyon, lyon, paris, lyon], '.F..F'),
  drive('Versailles is 18 km from Paris: outside 17 km', 'In', paris, 17, [lyon, versailles, paris], '..F'),
  drive('Versailles is 18 km from Paris: inside 18 km', 'In', paris, 18, [lyon, versailles, paris], '.F.'),
  drive('Versailles is 18 km from Paris: out of 17 km', 'Out', paris, 17, [paris, versailles], '.F'),
  drive('Versailles is 18 km from Paris: not out of 18 km', 'Out', paris, 18, [paris, versailles, lyon], '..F'),
  drive('Lyon is 392 km from Paris', 'In', paris, 391, [gothenburg, lyon], '..'),
  drive('Lyon is 392 km from Paris, in a larger circle', 'In', paris, 392, [gothenburg, lyon], '.F'),
  drive('within a zone nothing happens', 'In', paris, 30, [lyon, versailles, paris, versailles], '.F..'),
  drive('outside of a zone nothing happens', 'Out', paris, 10, [paris, versailles, lyon, gothenburg], '.F..'),
  drive(
    'one kilometre around a door',
    'In',
    gothenburg,
    1,
    [at(57.72, 11.9746), at(57.7089, 11.9913), at(57.7089, 11.9912)],
    '.F.',
  ),
  drive(
    'one kilometre, just outside',
    'In',
    gothenburg,
    1,
    [at(57.72, 11.9746), at(57.718, 11.9746), at(57.7178, 11.9746)],
    '..F',
  ),
  drive('reminders while it is inside', 'In', paris, 10, [lyon, paris, paris, lyon], '.FR.', 600),
  drive('reminders while it is outside', 'Out', paris, 10, [paris, lyon, gothenburg, paris], '.FR.', 600),

  drive('over the date line to the west', 'In', east(179.9), 30, [east(178), east(-179.9), east(178)], '.F.'),
  drive('over the date line to the east', 'In', east(-179.9), 30, [east(-178), east(179.9), east(-178)], '.F.'),
  drive('over the date line, just outside 22 km', 'In', east(179.9), 22, [east(178), east(-179.9)], '..'),
  drive('over the date line, just inside 23 km', 'In', east(179.9), 23, [east(178), east(-179.9)], '.F'),
  drive(
    'crossing the date line inside the zone is no leaving',
    'Out',
    east(180),
    50,
    [east(179.8), east(-179.8), east(-179)],
    '..F',
  ),
  drive('180 degrees east and west are one place', 'In', east(180), 1, [east(170), east(-180), east(180)], '.F.'),
  drive('Fiji lies on both sides', 'In', suva, 400, [at(-18, 170), at(-16.8, -179.99), at(-18, -170)], '.F.'),
  drive('Fiji: away over the date line', 'Out', suva, 400, [suva, at(-16.8, -179.99), at(-18, -170)], '..F'),
  drive('the other side of the globe', 'In', east(0), 100, [east(180), east(-180), east(179.9999), east(0.5)], '...F'),

  drive('the north pole, from any side', 'In', at(90, 0), 12, [at(80, 30), at(89.9, -150), at(89.9, 30), at(89.8, 30)], '.F..'),
  drive('the north pole has every longitude', 'In', at(90, 0), 1, [at(80, 0), at(90, 135), at(90, -45)], '.F.'),
  drive('across the north pole', 'In', at(89.95, 0), 12, [at(89, 180), at(89.95, 180)], '.F'),
  drive('across the north pole, just outside', 'In', at(89.95, 0), 11, [at(89, 180), at(89.95, 180)], '..'),
  drive('the south pole', 'In', at(-90, 0), 12, [at(-80, 0), at(-89.9, 77), at(-80, 77)], '.F.'),
  drive('the south pole, leaving', 'Out', at(-90, 10), 12, [at(-89.95, 0), at(-89.95, 180), at(-89.8, 90)], '..F'),
  drive('the poles are far from each other', 'In', at(90, 0), 10_000, [at(-90, 0), at(-1, 0), at(1, 0)], '..F'),
  drive('near the pole degrees of longitude are short', 'In', at(89, 0), 40, [at(85, 0), at(89, 20), at(89, 22)], '.F.'),

  drive('one degree north is 111.2 km', 'In', at(0, 0), 111, [at(5, 0), at(1, 0), at(0.99, 0)], '..F'),
  drive('one degree north is 111.2 km, inside 112', 'In', at(0, 0), 112, [at(5, 0), at(1, 0)], '.F'),
  drive('one degree east at 60 north is half of that', 'In', at(60, 10), 56, [at(60, 15), at(60, 11)], '.F'),
  drive('one degree east at 60 north, just outside', 'In', at(60, 10), 55, [at(60, 15), at(60, 11)], '..'),
  drive('the meridian of Greenwich', 'In', at(51.5, 0.1), 15, [at(51.5, -1), at(51.5, -0.1), at(51.5, 0.1)], '.F.'),
  drive('the equator', 'In', at(0.05, 20), 12, [at(-1, 20), at(-0.05, 20), at(0.05, 20)], '.F.'),

  caseOf(
    'from one zone into the other',
    [zone('home_1', 'In', paris, 10), zone('work_1', 'In', versailles, 5)],
    'home_1 | work_1',
    [lyon, paris, versailles, lyon, versailles].map((position) => ({ position })),
    '.F..F',
  ),
  caseOf(
    'inside one and outside the other',
    [zone('big', 'In', paris, 30), zone('small', 'Out', paris, 5)],
    'big & small',
    [lyon, versailles, paris, versailles, lyon].map((position) => ({ position })),
    '.F.F.',
  ),
  caseOf(
    'not in the zone',
    [zone('z1', 'In', paris, 10)],
    '!z1',
    [paris, lyon, paris, lyon].map((position) => ({ position })),
    '.F.F',
  ),
  caseOf(
    'unplugged away from home',
    [
      zone('z1', 'Out', paris, 10),
      { name: 'p', data: { data: 'vehicle.energy.charging.plugged', op: 'equalsTo', value: ['false'] } },
    ],
    'z1 & p',
    [
      { position: paris, data: { 'vehicle.energy.charging.plugged': 'true' } },
      { data: { 'vehicle.energy.charging.plugged': 'false' } },
      { position: lyon },
      { data: { 'vehicle.energy.charging.plugged': 'true' } },
      { data: { 'vehicle.energy.charging.plugged': 'false' } },
    ],
    '..F.F',
  ),
  caseOf(
    'a place that was never told is neither inside nor outside',
    [zone('z1', 'In', paris, 10)],
    '!z1',
    [{ data: { 'environment.air.temp': '3' } }, { position: paris }, { position: lyon }],
    '..F',
    { ours: true },
  ),
]
