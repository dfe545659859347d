// A scripted synthetic camera (合成相机): it plays poses of one photograph, made by
// tests/builders/films.py, to the order the page shows, and takes on the colour of the screen.
// That a real face reflects a real screen stays unproven here.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const POSES = { 闭上眼睛: 'blink', 张开嘴: 'open_mouth', 向左转头: 'turn_left', 向右转头: 'turn_right' }

/** Runs in the page: what the camera shows follows the page's own words. */
function camera({ pictures, poses, faces }) {
  const images = {}
  for (const [name, url] of Object.entries(pictures)) Object.assign(images[name] = new Image(), { src: url })
  let face = faces[0]
  window.__wear = other => { face = other }
  const still = () => images[`${face}-look_straight`]
  const act = (words, since, span) => {
    const pose = Object.entries(poses).find(([said]) => words.includes(said))?.[1]
    const share = since / span
    if (!pose || share < 0.25 || share > 0.8) return still()
    return images[`${face}-${pose}-${share < 0.4 || share > 0.65 ? 'half' : 'full'}`] ?? still()
  }
  navigator.mediaDevices.getUserMedia = async () => {
    const canvas = document.createElement('canvas')
    await still().decode()
    Object.assign(canvas, { width: still().width, height: still().height })
    const pen = canvas.getContext('2d')
    let [words, began] = ['', 0]
    const draw = () => {
      const said = document.querySelector('.film h2')?.textContent ?? ''
      if (said !== words) [words, began] = [said, performance.now()]
      const image = act(words, performance.now() - began, 4500)
      pen.globalCompositeOperation = 'source-over'
      pen.globalAlpha = 1
      // A hand that holds a phone never holds it still.
      pen.drawImage(image, Math.random() * 3 - 1.5, Math.random() * 3 - 1.5, canvas.width, canvas.height)
      const light = document.querySelector('.flash')
      if (light) {
        pen.globalCompositeOperation = 'multiply'
        pen.globalAlpha = 0.35
        pen.fillStyle = light.style.background
        pen.fillRect(0, 0, canvas.width, canvas.height)
      }
    }
    draw()
    const timer = setInterval(draw, 60)
    const stream = canvas.captureStream(15)
    stream.getTracks()[0].addEventListener('ended', () => clearInterval(timer))
    return stream
  }
}

/** Give every page of a context the camera; `folder` holds `<face>-<pose>[-half|-full].jpg`. */
export async function giveCamera(context, folder, faces) {
  const names = faces.flatMap(face => [`${face}-look_straight`, ...Object.values(POSES).flatMap(p => [`${face}-${p}-half`, `${face}-${p}-full`])])
  const pictures = Object.fromEntries(names.map(name => [name, `data:image/jpeg;base64,${readFileSync(join(folder, `${name}.jpg`)).toString('base64')}`]))
  await context.addInitScript(camera, { pictures, poses: POSES, faces })
}
