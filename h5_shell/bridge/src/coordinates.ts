/**
 * The three grids of Chinese maps. gcj02 is the public offset of wgs84 (Amap, Tencent), bd09
 * Baidu's offset of that; the formulas are the widely published ones, good to about a metre.
 */
import type { Grid, Location } from './methods'

type Point = [number, number]
const A = 6378245
const EE = 0.006693421622965943
const { PI } = Math
const BD = PI * 3000 / 180

function waves(x: number, y: number, k: [number, number, number]): number {
  const short = 20 * Math.sin(6 * x * PI) + 20 * Math.sin(2 * x * PI)
  const long = k[0] * Math.sin(y / k[1] * PI) + k[2] * Math.sin(y / (k[1] * 10) * PI)
  return (short + 20 * Math.sin(y * PI) + 40 * Math.sin(y / 3 * PI) + long) * 2 / 3
}

function shift([lng, lat]: Point): Point {
  const [x, y] = [lng - 105, lat - 35]
  const root = Math.sqrt(Math.abs(x))
  const dLat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves(x, y, [160, 12, 0])
    + 320 * Math.sin(y * PI / 30) * 2 / 3
  const dLng = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves(x, x, [150, 12, 0])
    + 300 * Math.sin(x / 30 * PI) * 2 / 3
  const rad = lat / 180 * PI
  const magic = 1 - EE * Math.sin(rad) * Math.sin(rad)
  return [
    dLng * 180 / (A / Math.sqrt(magic) * Math.cos(rad) * PI),
    dLat * 180 / (A * (1 - EE) / (magic * Math.sqrt(magic)) * PI),
  ]
}

// Outside the country the offset does not exist.
const outside = ([lng, lat]: Point) => lng < 72.004 || lng > 137.8347 || lat < 0.8293 || lat > 55.8271

function wgsToGcj(p: Point): Point {
  if (outside(p)) return p
  const d = shift(p)
  return [p[0] + d[0], p[1] + d[1]]
}

function gcjToWgs(p: Point): Point {
  if (outside(p)) return p
  let guess = p
  for (let i = 0; i < 3; i += 1) {
    const back = wgsToGcj(guess)
    guess = [guess[0] + p[0] - back[0], guess[1] + p[1] - back[1]]
  }
  return guess
}

function gcjToBd([x, y]: Point): Point {
  const z = Math.sqrt(x * x + y * y) + 0.00002 * Math.sin(y * BD)
  const theta = Math.atan2(y, x) + 0.000003 * Math.cos(x * BD)
  return [z * Math.cos(theta) + 0.0065, z * Math.sin(theta) + 0.006]
}

function bdToGcj([lng, lat]: Point): Point {
  const [x, y] = [lng - 0.0065, lat - 0.006]
  const z = Math.sqrt(x * x + y * y) - 0.00002 * Math.sin(y * BD)
  const theta = Math.atan2(y, x) - 0.000003 * Math.cos(x * BD)
  return [z * Math.cos(theta), z * Math.sin(theta)]
}

/** The same place on another grid. */
export function onGrid(place: Location, grid: Grid): Location {
  if (place.coordinate === grid) return place
  let p: Point = [place.longitude, place.latitude]
  if (place.coordinate === 'bd09') p = bdToGcj(p)
  else if (place.coordinate === 'wgs84') p = wgsToGcj(p)
  if (grid === 'bd09') p = gcjToBd(p)
  else if (grid === 'wgs84') p = gcjToWgs(p)
  return Object.assign({}, place, { longitude: p[0], latitude: p[1], coordinate: grid })
}
