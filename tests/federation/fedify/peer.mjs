// A server of another hand: follows whom it is told to, accepts who follows it, and tells what it got and believed.
// Run as: node peer.mjs PORT FIRST_KNOCK
import { createServer } from "node:http";
import { createFederation, generateCryptoKeyPair, MemoryKvStore } from "@fedify/fedify";
import {
  Accept, Announce, Application, Create, Delete, Endpoints, Follow, Undo, Update,
} from "@fedify/vocab";

const [port, firstKnock] = [Number(process.argv[2]), process.argv[3]];
const origin = `http://127.0.0.1:${port}`;
const keys = [await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), await generateCryptoKeyPair("Ed25519")];
const got = [];

const federation = createFederation({
  kv: new MemoryKvStore(), allowPrivateAddress: true, firstKnock, origin, skipSignatureVerification: false,
});
federation
  .setActorDispatcher("/users/{identifier}", async (context, identifier) => {
    const pairs = await context.getActorKeyPairs(identifier);
    return new Application({
      id: context.getActorUri(identifier),
      preferredUsername: identifier,
      inbox: context.getInboxUri(identifier),
      endpoints: new Endpoints({ sharedInbox: context.getInboxUri() }),
      publicKey: pairs[0].cryptographicKey,
      assertionMethods: pairs.map((each) => each.multikey),
    });
  })
  .setKeyPairsDispatcher(() => keys);

async function note(context, activity) {
  const object = await activity.getObject(context).catch(() => null);
  got.push({
    type: activity.constructor.name, actor: activity.actorId?.href, object: activity.objectId?.href,
    name: object?.name?.toString() ?? null, formerType: object?.formerType?.name ?? null,
  });
}
const inbox = federation.setInboxListeners("/users/{identifier}/inbox", "/inbox");
for (const kind of [Accept, Announce, Create, Update, Delete, Undo]) inbox.on(kind, note);
inbox.on(Follow, async (context, follow) => {
  await note(context, follow);
  const follower = await follow.getActor(context);
  await context.sendActivity({ identifier: "them" }, follower, new Accept({
    id: new URL(`${origin}/accepts/${got.length}`), actor: follow.objectId, object: follow,
  }));
});
inbox.onError((_, error) => got.push({ type: "Error", said: String(error) }));

async function answer(request) {
  const url = new URL(request.url);
  if (url.pathname === "/got") return Response.json(got);
  if (url.pathname === "/follow") {
    const context = federation.createContext(request, undefined);
    const object = await context.lookupObject(url.searchParams.get("whom"));
    if (object === null) return new Response("not found", { status: 404 });
    const follow = new Follow({
      id: new URL(`${origin}/follows/${got.length}`), actor: context.getActorUri("them"), object: object.id,
    });
    await context.sendActivity({ identifier: "them" }, object, follow);
    return new Response("asked");
  }
  return await federation.fetch(request, { contextData: undefined });
}

createServer(async (incoming, outgoing) => {
  const parts = [];
  for await (const part of incoming) parts.push(part);
  const request = new Request(`${origin}${incoming.url}`, {
    method: incoming.method, headers: incoming.headers, body: parts.length ? Buffer.concat(parts) : undefined,
  });
  const response = await answer(request).catch((error) => new Response(String(error?.stack), { status: 500 }));
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}).listen(port, "127.0.0.1", () => console.log("ready"));
