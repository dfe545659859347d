/** Line icons on a 24 grid, 1.6 stroke, drawn for Wanshi. A second list of paths is filled softly. */
export interface IconShape { d: string[]; soft?: string[] }

const shape = (d: string[], soft?: string[]): IconShape => ({ d, soft })

export const icons = {
  home: shape(['M3 11h3V8h3V5h6v3h3v3h3', 'M5 11v9h14v-9', 'M10 20v-5h4v5'], ['M5 11h1V8h3V5h6v3h3v3h1v9H5z']),
  tasks: shape(['M6 3h9l4 4v14H6z', 'M15 3v4h4', 'M9.5 12.5l2 2 4-4', 'M9.5 18h6'], ['M6 3h9l4 4v14H6z']),
  licence: shape(['M3 5h18v14H3z', 'M7 9h5M7 12.5h5M7 16h3', 'M16.5 10a2 2 0 1 1 0 4 2 2 0 0 1 0-4z', 'M15.5 14v3l1-.7 1 .7v-3'], ['M3 5h18v14H3z']),
  person: shape(['M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8z', 'M4.5 20.5c.6-4 3.6-6 7.5-6s6.9 2 7.5 6z'], ['M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8z', 'M4.5 20.5c.6-4 3.6-6 7.5-6s6.9 2 7.5 6z']),
  search: shape(['M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13z', 'M15.5 15.5L20.5 20.5']),
  box: shape(['M3.5 7.5L12 3l8.5 4.5v9L12 21l-8.5-4.5z', 'M3.5 7.5L12 12l8.5-4.5', 'M12 12v9', 'M7.8 5.2l8.4 4.5'], ['M3.5 7.5L12 12l8.5-4.5v9L12 21l-8.5-4.5z']),
  back: shape(['M14.5 5L7.5 12l7 7']),
  next: shape(['M9.5 5.5L16 12l-6.5 6.5']),
  down: shape(['M5.5 9.5L12 16l6.5-6.5']),
  close: shape(['M5.5 5.5l13 13', 'M18.5 5.5l-13 13']),
  more: shape(['M5 12h.01', 'M12 12h.01', 'M19 12h.01']),
  place: shape(['M12 21s7-6.2 7-11.2A7 7 0 0 0 5 9.8C5 14.8 12 21 12 21z', 'M12 7.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z']),
  bell: shape(['M6 17v-6a6 6 0 1 1 12 0v6l1.5 1.5h-15z', 'M10 21h4', 'M12 5V3'], ['M6 17v-6a6 6 0 1 1 12 0v6z']),
  check: shape(['M4.5 12.5l5 5L19.5 7']),
  'check-circle': shape(['M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z', 'M8 12.5l3 3 5.5-6']),
  alert: shape(['M12 3.5l9 16H3z', 'M12 10v4', 'M12 17h.01']),
  info: shape(['M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z', 'M12 11v5.5', 'M12 7.5h.01']),
  clock: shape(['M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z', 'M12 7v5.5l3.5 2']),
  phone: shape(['M6 3h3.5l1.5 4.5-2 1.5a11 11 0 0 0 6 6l1.5-2 4.5 1.5V18a3 3 0 0 1-3 3A15 15 0 0 1 3 6a3 3 0 0 1 3-3z']),
  camera: shape(['M3 7.5h4l1.5-2.5h7L17 7.5h4V19H3z', 'M12 9.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7z']),
  image: shape(['M3 5h18v14H3z', 'M3 16.5l5-5 4.5 4.5 3-3 5.5 5', 'M15.5 9h.01']),
  trash: shape(['M4 7h16', 'M9.5 7V4h5v3', 'M6 7l1 13.5h10L18 7', 'M10 11v6M14 11v6']),
  edit: shape(['M4 20h4L20 8l-4-4L4 16z', 'M13.5 6.5l4 4']),
  refresh: shape(['M20 11.5A8 8 0 0 0 6 6.5L4 8.5', 'M4 4v4.5h4.5', 'M4 12.5A8 8 0 0 0 18 17.5l2-2', 'M20 20v-4.5h-4.5']),
  qr: shape(['M4 4h6v6H4z', 'M14 4h6v6h-6z', 'M4 14h6v6H4z', 'M14 14h2.5v2.5H14z', 'M17.5 17.5H20V20h-2.5z', 'M20 14v1M14 20h1']),
  shield: shape(['M12 3l7.5 3v5.5c0 4.5-3 8-7.5 9.5-4.5-1.5-7.5-5-7.5-9.5V6z', 'M8.5 12l2.5 2.5 4.5-5'], ['M12 3l7.5 3v5.5c0 4.5-3 8-7.5 9.5-4.5-1.5-7.5-5-7.5-9.5V6z']),
  eye: shape(['M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z', 'M12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6z']),
  'eye-off': shape(['M4 4l16 16', 'M9.5 6c.8-.3 1.6-.5 2.5-.5 6 0 9.5 6.5 9.5 6.5s-1 1.9-2.9 3.6', 'M6 7.8C3.7 9.5 2.5 12 2.5 12S6 18.5 12 18.5c1.5 0 2.9-.4 4-1']),
  exit: shape(['M14 4H5v16h9', 'M10 12h10.5', 'M17 8.5l3.5 3.5-3.5 3.5']),
  wallet: shape(['M3 6.5h16V10', 'M3 6.5V19h18v-9H3', 'M16.5 14.5h.01'], ['M3 10h18v9H3z']),
  star: shape(['M12 3.5l2.6 5.6 6 .7-4.5 4.1 1.2 6-5.3-3-5.3 3 1.2-6L3.4 9.8l6-.7z']),
  grid: shape(['M4 4h6.5v6.5H4z', 'M13.5 4H20v6.5h-6.5z', 'M4 13.5h6.5V20H4z', 'M13.5 13.5H20V20h-6.5z'], ['M13.5 13.5H20V20h-6.5z', 'M4 4h6.5v6.5H4z']),
  face: shape(['M4 8V4h4', 'M16 4h4v4', 'M20 16v4h-4', 'M8 20H4v-4', 'M9 10v.5M15 10v.5', 'M12 10v3.5h-1', 'M9 16c1.8 1.3 4.2 1.3 6 0']),
  elder: shape(['M3.5 19L8.5 5.5h1l5 13.5', 'M5.3 14.5h7.4', 'M16.5 8h5M19 5.5v5']),
  history: shape(['M4 12a8 8 0 1 1 2.5 5.8', 'M4 20v-4.5h4.5', 'M12 8v4.5l3 1.7']),
  wifi: shape(['M4 4l16 16', 'M2.5 9.5A14 14 0 0 1 8 6.2M12 5.5c3.6 0 7 1.4 9.5 4', 'M6 13a9 9 0 0 1 4-2.2M15 11.5c1.1.4 2.1.9 3 1.5', 'M12 19h.01']),
  heart: shape(['M12 20S3.5 14.8 3.5 9A4.5 4.5 0 0 1 12 7a4.5 4.5 0 0 1 8.5 2c0 5.8-8.5 11-8.5 11z', 'M7 12h2.5l1.5-2.5 2 4.5 1.3-2H17']),
  house: shape(['M3.5 11.5L12 4l8.5 7.5', 'M5.5 10v10h13V10', 'M12 13a2 2 0 0 1 1 3.7V18h-2v-1.3A2 2 0 0 1 12 13z'], ['M5.5 10L12 4l6.5 6v10h-13z']),
  school: shape(['M2.5 9L12 5l9.5 4L12 13z', 'M6.5 11v5c3 2.5 8 2.5 11 0v-5', 'M21.5 9v5.5'], ['M2.5 9L12 5l9.5 4L12 13z']),
  car: shape(['M4 17v-5l2-6h12l2 6v5z', 'M4 12h16', 'M6 17v2.5M18 17v2.5', 'M7.5 14.5h.01M16.5 14.5h.01'], ['M4 12h16v5H4z']),
  card: shape(['M3 5.5h18v13H3z', 'M3 10h18', 'M6.5 15h4'], ['M3 5.5h18V10H3z']),
  people: shape(['M9 5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7z', 'M2.5 19.5c.5-3.6 3-5.2 6.5-5.2s6 1.6 6.5 5.2z', 'M16 5.5a3 3 0 0 1 0 6', 'M17.5 14.7c2.2.6 3.6 2.2 4 4.8h-2.5'], ['M2.5 19.5c.5-3.6 3-5.2 6.5-5.2s6 1.6 6.5 5.2z']),
  briefcase: shape(['M3 8h18v11H3z', 'M8.5 8V5h7v3', 'M3 13h18', 'M12 12v2.5'], ['M3 13h18v6H3z']),
  elders: shape(['M10 4a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z', 'M6.5 20.5v-6c0-2.5 1.5-4 3.5-4s3.5 1.5 3.5 4v6', 'M16.5 20.5v-7a1.5 1.5 0 0 1 3 0'], ['M6.5 20.5v-6c0-2.5 1.5-4 3.5-4s3.5 1.5 3.5 4v6z']),
  chat: shape(['M4 5h16v11.5h-8.5L7 20v-3.5H4z', 'M8 9.5h8M8 12.5h5'], ['M4 5h16v11.5h-8.5L7 20v-3.5H4z']),
  doc: shape(['M6 3h9l4 4v14H6z', 'M15 3v4h4', 'M9 11h7M9 14.5h7M9 18h4'], ['M6 3h9l4 4v14H6z']),
  seal: shape(['M9.5 13c0-2-1.5-3-1.5-5.5a4 4 0 0 1 8 0c0 2.5-1.5 3.5-1.5 5.5', 'M5 13h14v4H5z', 'M6 20.5h12'], ['M5 13h14v4H5z']),
  bus: shape(['M5 4h14v13H5z', 'M5 11.5h14', 'M7.5 17v2.5M16.5 17v2.5', 'M8.5 14.3h.01M15.5 14.3h.01'], ['M5 4h14v7.5H5z']),
  hand: shape(['M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18z', 'M7.5 12h9']),
  upload: shape(['M12 16V5', 'M7.5 9L12 4.5 16.5 9', 'M4.5 15v4.5h15V15']),
  mic: shape(['M9 5.5a3 3 0 0 1 6 0v6a3 3 0 0 1-6 0z', 'M5.5 11.5a6.5 6.5 0 0 0 13 0', 'M12 18v3', 'M9 21h6'], ['M9 5.5a3 3 0 0 1 6 0v6a3 3 0 0 1-6 0z']),
  video: shape(['M3 6h12v12H3z', 'M15 10.5l6-3.5v10l-6-3.5'], ['M3 6h12v12H3z']),
  key: shape(['M8 8a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9z', 'M11.5 9.5L19 3', 'M16 5.5l3 3M13.5 8l2 2', 'M8 12.5h.01'], ['M8 8a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9z']),
  building: shape(['M5 21V4h10v17', 'M15 9h4v12', 'M3 21h18', 'M8 8h.01M12 8h.01M8 12h.01M12 12h.01M8 16h.01M12 16h.01'], ['M5 4h10v17H5z']),
  device: shape(['M7 3h10v18H7z', 'M10.5 18h3'], ['M7 3h10v18H7z']),
  share: shape(['M12 15V4', 'M8 7.5L12 3.5l4 4', 'M6 11H4.5v9.5h15V11H18']),
  print: shape(['M7 8.5V3.5h10v5', 'M4 8.5h16v8h-3', 'M7 16.5H4', 'M7 13.5h10v7H7z'], ['M4 8.5h16v8H4z']),
  gear: shape(['M12 8.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7z', 'M12 2.5v3M12 18.5v3M2.5 12h3M18.5 12h3M5.3 5.3l2.1 2.1M16.6 16.6l2.1 2.1M18.7 5.3l-2.1 2.1M7.4 16.6l-2.1 2.1']),
  window: shape(['M3 20h18', 'M4.5 20V9.5h15V20', 'M3 9.5L12 4l9 5.5', 'M8.5 20v-6h7v6'], ['M8.5 14h7v6h-7z']),
  pay: shape(['M3.5 5h17v14h-17z', 'M9 8l3 4 3-4', 'M12 12v4.5M9.5 12h5M9.5 14.3h5'], ['M3.5 5h17v14h-17z']),
} satisfies Record<string, IconShape>

/** Names the back end uses for the same drawings. */
const ALIASES: Record<string, keyof typeof icons> = {
  cases: 'tasks', licences: 'licence', bills: 'wallet', inbox: 'bell', identity: 'shield', guides: 'doc', apps: 'grid', messages: 'bell',
}

export type IconName = keyof typeof icons

/** The server names icons freely; an unknown one must still draw something honest. */
export function iconOr(name: string, fallback: IconName = 'doc'): IconName {
  return name in icons ? (name as IconName) : ALIASES[name] ?? fallback
}
