// OpenActive's harvester reads a feed to its end; what it then holds is printed as JSON.
import utils from "@openactive/harvesting-utils";

const { url } = JSON.parse(await new Response(process.stdin).text());
const held = new Map();
let seen = 0;
const end = new Promise((resolve, reject) => {
  utils
    .harvestRPDE({
      baseUrl: url,
      feedContextIdentifier: "city",
      headers: async () => ({}),
      processPage: async ({ rpdePage }) => {
        for (const each of rpdePage.items) {
          seen += 1;
          if (each.state === "deleted") held.delete(each.id);
          else held.set(each.id, each.data.name[0]["@value"]);
        }
      },
      onReachedEndOfFeed: async () => resolve(),
      onRetryDueToHttpError: async () => reject(new Error("a request failed")),
      isOrdersFeed: false,
      loggingFns: { log() {}, logError() {}, logErrorDuringHarvest() {} },
      config: { howLongToSleepAtFeedEnd: () => 1000, REQUEST_LOGGING_ENABLED: false },
    })
    .then((done) => reject(new Error(JSON.stringify(done.error))));
});
await end;
console.log(JSON.stringify({ seen, held: Object.fromEntries(held) }));
process.exit(0);
