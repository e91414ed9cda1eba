"""A third city, made from the page for managers alone."""


def test_whoever_follows_the_page_has_a_city_that_answers(walk):
    walk.follow("set-up-a-city.md")
