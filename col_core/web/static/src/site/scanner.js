// Reading a QR code with the camera: by the browser itself where it can (BarcodeDetector), else by a reader that is
// loaded when the camera is. What was read goes into the field that data-scan-into names, and the form is sent.
const EVERY_MS = 150;
const WIDEST = 800;

export function scanner(form) {
  const start = form.querySelector("[data-scan]");
  const place = form.querySelector("[data-scanner]");
  const video = form.querySelector("[data-scanner-video]");
  const said = form.querySelector("[data-scanner-said]");
  if (!navigator.mediaDevices?.getUserMedia) return;
  let stream;
  start.hidden = false;

  const say = (what) => (said.textContent = said.dataset[what]);
  const stop = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = undefined;
    video.srcObject = null;
    video.hidden = true;
  };

  start.addEventListener("click", async () => {
    if (stream) return;
    place.hidden = false;
    say("looking");
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      const read = await reader(form.dataset.qrReader);
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
      const text = await firstCode(video, read, () => stream !== undefined);
      if (text === undefined) return;
      form.elements[form.dataset.scanInto].value = text;
      say("found");
      stop();
      form.requestSubmit();
    } catch {
      stop();
      say("refused");
    }
  });

  form.querySelector("[data-scanner-stop]").addEventListener("click", () => {
    stop();
    place.hidden = true;
    start.focus();
  });
}

/** Return what reads a canvas: the text of a code in it, or undefined. */
async function reader(address) {
  if ("BarcodeDetector" in globalThis && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (canvas) => (await detector.detect(canvas))[0]?.rawValue;
  }
  const { read } = await import(address);
  return read;
}

async function firstCode(video, read, isOn) {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  while (isOn()) {
    if (video.videoWidth > 0) {
      const scale = Math.min(1, WIDEST / video.videoWidth);
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      const text = await read(canvas);
      if (text) return text;
    }
    await new Promise((next) => setTimeout(next, EVERY_MS));
  }
}
