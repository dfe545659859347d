// Drives one phone through a story. tests/journeys starts it and writes one chapter
// name a line; each is answered with one line of JSON. What a chapter learns stays in the story.
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { arriving } from './chapters/arriving.mjs'
import { applying } from './chapters/applying.mjs'
import { becoming } from './chapters/becoming.mjs'
import { dialects } from './chapters/dialects.mjs'
import { refused } from './chapters/dialects-refused.mjs'
import { company } from './chapters/company.mjs'
import { deciding } from './chapters/deciding.mjs'
import { housing } from './chapters/housing.mjs'
import { keeping } from './chapters/keeping.mjs'
import { money } from './chapters/money.mjs'
import { parcels } from './chapters/parcels.mjs'
import { moving } from './chapters/moving.mjs'
import { paying } from './chapters/paying.mjs'
import { visiting } from './chapters/visiting.mjs'
import { ageing } from './chapters/ageing.mjs'
import { acting } from './chapters/identity/acting.mjs'
import { dwelling } from './chapters/identity/dwelling.mjs'
import { joining } from './chapters/identity/joining.mjs'
import { representing } from './chapters/identity/representing.mjs'
import { securing } from './chapters/identity/securing.mjs'
import { stepping } from './chapters/identity/stepping.mjs'
import { working } from './chapters/identity/working.mjs'
import { openStory } from './story.mjs'

const CHAPTERS = {
  ...arriving, ...becoming, ...applying, ...deciding, ...paying, ...keeping, ...visiting, ...ageing,
  ...stepping, ...dwelling, ...acting, ...representing, ...working, ...joining, ...securing,
  ...dialects, ...refused, ...housing, ...company, ...money, ...parcels, ...moving,
}

/** Playwright's sentence without its colours. */
const plain = error => stripVTControlCharacters(String(error?.message ?? error)).slice(0, 1500)

async function tell(story, name) {
  const [began, imposed] = [Date.now(), story.imposedMs]
  const chapter = CHAPTERS[name]
  if (!chapter) return { ok: false, error: `no chapter ${name}; there are ${Object.keys(CHAPTERS).join(', ')}` }
  try {
    const facts = await chapter(story)
    return { ok: true, facts: facts ?? {}, ms: Date.now() - began - (story.imposedMs - imposed), complaints: story.complaints.splice(0) }
  } catch (error) {
    await story.shot(`failed-${name}`).catch(() => undefined)
    return { ok: false, error: plain(error), at: story.page.url(), complaints: story.complaints.splice(0) }
  }
}

async function main() {
  const story = await openStory(JSON.parse(process.env.JOURNEY ?? '{}'))
  process.stdout.write(`${JSON.stringify({ ok: true, browser: story.browser.version() })}\n`)
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await tell(story, line.trim()))}\n`)
  }
  await story.browser.close()
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main()
