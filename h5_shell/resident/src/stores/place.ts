import { defineStore } from 'pinia'
import { recall, remember } from './memory'

interface Place { code: string; name: string }
const DEFAULT: Place = { code: '340100', name: '合肥市' }

function stored(): Place {
  try {
    const found = JSON.parse(recall('place') ?? 'null') as Place | null
    return found?.code && found.name ? found : DEFAULT
  } catch {
    return DEFAULT
  }
}

/** The city whose services are shown. Chosen by the person, never by tracking. */
export const usePlace = defineStore('place', {
  state: () => stored(),
  actions: {
    choose(place: Place) {
      this.code = place.code
      this.name = place.name
      remember('place', JSON.stringify({ code: place.code, name: place.name }))
    },
  },
})
