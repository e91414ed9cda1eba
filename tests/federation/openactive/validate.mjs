// OpenActive's validator walks a feed; what it finds is printed as JSON.
import validator from "@openactive/rpde-validator";

const { url } = JSON.parse(await new Response(process.stdin).text());
const log = await validator.RpdeValidator(url, { pageLimit: 50, requestDelayMs: 0, timeoutMs: 10000 });
const found = log.pages.flatMap((page) =>
  page.errors.map((each) => ({ url: page.url, severity: each.severity, type: each.type, message: each.message })),
);
console.log(JSON.stringify({ pages: log.pages.length, found }));
