"""Plugin for tests: another search engine, which looks at every opportunity in turn. For one process and few offers."""

from col_core.plugin import City, Cluster, Found, Hit, SearchIndex, hookimpl


class SlowIndex:
    """Keeps everything in memory. It knows words, types, cities, pages and places, which the contract asks for."""

    def __init__(self, city_id: str) -> None:
        self._kept, self._city_id = {}, city_id

    def put(self, session, items):
        for pk, each in items:
            if each.status == "published":
                self._kept[pk] = each
            else:
                self._kept.pop(pk, None)

    def remove(self, session, pks):
        for pk in pks:
            self._kept.pop(pk, None)

    def find(self, session, query, *, language, now):
        found = self._matching(query)
        first = (query.page - 1) * query.per_page
        return Found(hits=tuple(Hit(id=each.id) for each in found[first : first + query.per_page]), total=len(found))

    def clusters(self, session, query, *, z, x, y, now):
        places = [each.place for each in self._matching(query) if each.place and each.place.lat_deg is not None]
        return [Cluster(lat_deg=each.lat_deg, lon_deg=each.lon_deg, count=1, categories={}) for each in places]

    def _matching(self, query):
        wanted = _plain(query.q)
        return [
            each
            for each in self._kept.values()
            if wanted in _plain(" ".join(each.content.title.values()))
            and (not query.type or each.content.type in query.type)
            and self._is_of_city(each, query.city)
        ]

    def _is_of_city(self, each, cities):
        if each.origin is None:
            return not cities or self._city_id in cities
        return each.origin.city in cities


def _plain(text: str) -> str:
    return text.lower().replace("č", "c").replace("š", "s")


@hookimpl
def col_search_index(city: City) -> SearchIndex:
    return SlowIndex(city.id)
