// Reads QR codes where the browser cannot; loaded only when somebody switches the camera on.
import decodeQR from "qr/decode.js";

export async function read(canvas) {
  const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  try {
    return decodeQR({ data, width, height });
  } catch {
    // There is no code in this picture.
    return undefined;
  }
}
