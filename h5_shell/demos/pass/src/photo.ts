/** A photo as large as the card needs it, and no larger: 300 by 400 points. */
const [WIDTH, HEIGHT, QUALITY] = [300, 400, 0.82]
/** Of what is cut off a tall picture, little is above: faces are at the top. */
const HEAD = 0.1

export async function cropped(address: string): Promise<string> {
  const image = new Image()
  image.src = address
  await image.decode().catch(() => { throw new Error('这张照片打不开，换一张试试') })
  const paper = Object.assign(document.createElement('canvas'), { width: WIDTH, height: HEIGHT })
  const scale = Math.max(WIDTH / image.naturalWidth, HEIGHT / image.naturalHeight)
  const [w, h] = [image.naturalWidth * scale, image.naturalHeight * scale]
  paper.getContext('2d')?.drawImage(image, (WIDTH - w) / 2, (HEIGHT - h) * HEAD, w, h)
  return paper.toDataURL('image/jpeg', QUALITY)
}
