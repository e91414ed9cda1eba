// What every page does beyond what it does without scripts. Each part looks for its own data- attributes.
import { dragSheet } from "./site/drag_sheet.js";
import { liveCount } from "./site/live_count.js";
import { near } from "./site/near.js";
import { saved } from "./site/saved.js";
import { searchForm } from "./site/search_form.js";
import { share } from "./site/share.js";
import { theme } from "./site/theme.js";

for (const part of [theme, saved, near, searchForm, share, liveCount, dragSheet]) part();
