/** Phone photos are 4–12 MB; a reader of the papers needs far less. */
const LONGEST_SIDE = 2200
const KEEP_BELOW = 1_200_000

export async function smaller(file: File): Promise<Blob> {
  if (!file.type.startsWith('image/') || file.size <= KEEP_BELOW) return file
  try {
    const picture = await createImageBitmap(file)
    const ratio = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(picture.width * ratio)
    canvas.height = Math.round(picture.height * ratio)
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
    const blob = await new Promise<Blob | null>(done => canvas.toBlob(done, 'image/jpeg', 0.86))
    return blob && blob.size < file.size ? blob : file
  } catch {
    return file // an odd format: the server decides
  }
}
