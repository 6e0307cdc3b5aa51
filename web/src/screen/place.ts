export interface Size {
  readonly width: number
  readonly height: number
}

export interface Box extends Size {
  readonly x: number
  readonly y: number
}

/** Fractions of the picture, from its upper left corner. */
export type Spot = [x: number, y: number]

/** Where a picture lies in a frame that shows all of it, with its proportions kept: beside it is nothing. */
export function fitted(frame: Size, picture: Size): Box {
  const scale = Math.min(frame.width / picture.width, frame.height / picture.height)
  const [width, height] = [picture.width * scale, picture.height * scale]
  return { x: (frame.width - width) / 2, y: (frame.height - height) / 2, width, height }
}

/** What of the picture stands at this place of the frame; null beside it. */
export function spotIn(box: Box, at: { x: number; y: number }): Spot | null {
  const [x, y] = [(at.x - box.x) / box.width, (at.y - box.y) / box.height]
  return x >= 0 && x <= 1 && y >= 0 && y <= 1 ? [x, y] : null
}

/** The same, and beside the picture its nearest edge: a drag goes on there. */
export function nearestIn(box: Box, at: { x: number; y: number }): Spot {
  const within = (part: number) => (Number.isFinite(part) ? Math.max(0, Math.min(1, part)) : 0)
  return [within((at.x - box.x) / box.width), within((at.y - box.y) / box.height)]
}
