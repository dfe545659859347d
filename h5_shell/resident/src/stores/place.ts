import { defineStore } from 'pinia'
import { shell } from '@/shell/config'
import { recall, remember } from './memory'

interface Place { code: string; name: string }
const DEFAULT: Place = shell.home_city
const KEPT = 3

function stored(): Place {
  try {
    const found = JSON.parse(recall('place') ?? 'null') as Place | null
    return found?.code && found.name ? found : DEFAULT
  } catch {
    return DEFAULT
  }
}

function recent(): Place[] {
  try {
    const found = JSON.parse(recall('places') ?? '[]') as Place[]
    return Array.isArray(found) ? found.filter(p => p?.code && p.name) : []
  } catch {
    return []
  }
}

/** The city whose services are shown. Chosen by the person, never by tracking. */
export const usePlace = defineStore('place', {
  state: () => ({ ...stored(), recent: recent() }),
  actions: {
    choose(place: Place) {
      this.recent = [place, ...this.recent.filter(p => p.code !== place.code)].slice(0, KEPT + 1)
      remember('places', JSON.stringify(this.recent))
      this.code = place.code
      this.name = place.name
      remember('place', JSON.stringify({ code: place.code, name: place.name }))
    },
  },
})
