/** Where the seats of the cities are, to two decimals (WGS-84): enough to tell which city is near. */
const SEATS: Record<string, [longitude: number, latitude: number]> = {
  340100: [117.23, 31.82], 340200: [118.43, 31.35], 340300: [117.39, 32.92], 340400: [117.00, 32.63], 340500: [118.51, 31.67], 340600: [116.80, 33.96],
  340700: [117.81, 30.95], 340800: [117.06, 30.54], 341000: [118.34, 29.71], 341100: [118.32, 32.30], 341200: [115.81, 32.89], 341300: [116.96, 33.65],
  341500: [116.52, 31.74], 341600: [115.78, 33.84], 341700: [117.49, 30.66], 341800: [118.76, 30.94],
}
const FAR_KM = 120
const KM_A_DEGREE = 111

/** The city whose seat is nearest; null for who is far from all of them. */
export function nearest(point: { longitude: number; latitude: number }): string | null {
  const shrink = Math.cos(point.latitude / 180 * Math.PI)
  const far = ([lng, lat]: [number, number]) => Math.hypot((lng - point.longitude) * shrink, lat - point.latitude) * KM_A_DEGREE
  const [best] = Object.entries(SEATS).map(([code, seat]) => ({ code, km: far(seat) })).sort((a, b) => a.km - b.km)
  return best && best.km <= FAR_KM ? best.code : null
}
