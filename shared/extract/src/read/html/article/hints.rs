//! What a page's own names say of its elements.

use crate::tree::Element;

/// What an element is besides main content. The later ones are stronger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hint {
    None,
    /// Says who wrote what and when.
    Byline,
    /// Serves to find one's way about the page or the site, or advertises.
    Surroundings,
    /// What others wrote, and other pages.
    Comment,
}

/// A larger part of the page than this is not set aside for the sake of a name.
const MOST_OF_THE_PAGE: f64 = 0.6;

/// Words in `class` and `id` for comments and for other pages; in order, as all of these.
const COMMENTS: [&str; 32] = [
    "also",
    "aside",
    "comentario",
    "comentarios",
    "comment",
    "commentaire",
    "commentaires",
    "commenti",
    "comments",
    "correlati",
    "discussion",
    "disqus",
    "kommentar",
    "kommentare",
    "more",
    "mostread",
    "outbrain",
    "popular",
    "reacties",
    "reactions",
    "recirc",
    "recommendations",
    "recommended",
    "related",
    "relatedposts",
    "replies",
    "respond",
    "review",
    "reviews",
    "taboola",
    "teaser",
    "trending",
];

/// Words for what surrounds the content.
const SURROUNDINGS: [&str; 89] = [
    "adsense",
    "advert",
    "advertisement",
    "anzeige",
    "archive",
    "banner",
    "basket",
    "bio",
    "breadcrumb",
    "breadcrumbs",
    "cabecera",
    "caption",
    "cart",
    "catlinks",
    "compartir",
    "condividi",
    "consent",
    "cookie",
    "cookies",
    "credit",
    "crumbs",
    "editsection",
    "feedback",
    "footer",
    "gdpr",
    "gg",
    "headerlink",
    "infobar",
    "inread",
    "jump",
    "legal",
    "login",
    "masthead",
    "menu",
    "modal",
    "nav",
    "navbar",
    "navigation",
    "newsletter",
    "noprint",
    "overlay",
    "pager",
    "pagination",
    "partager",
    "paywall",
    "pie",
    "piede",
    "popup",
    "postprofile",
    "printfooter",
    "promo",
    "publi",
    "publicidad",
    "rating",
    "rodape",
    "rss",
    "search",
    "share",
    "sharedaddy",
    "sharing",
    "sidebar",
    "sig",
    "signature",
    "signup",
    "sitenotice",
    "skip",
    "skiplink",
    "social",
    "sphinxsidebar",
    "sponsor",
    "sponsored",
    "sr",
    "subscribe",
    "subscription",
    "tagbar",
    "taglist",
    "tags",
    "teilen",
    "toc",
    "toolbar",
    "topbar",
    "topics",
    "useful",
    "userprofile",
    "visually",
    "votecell",
    "werbung",
    "widget",
    "widgets",
];

/// Words for who wrote it and when.
const BYLINES: [&str; 19] = [
    "auteur",
    "author",
    "autor",
    "autore",
    "byline",
    "date",
    "dateline",
    "fecha",
    "firma",
    "kicker",
    "meta",
    "metadata",
    "posted",
    "postinfo",
    "pubdate",
    "publish",
    "published",
    "timestamp",
    "vcard",
];

/// Labels of advertisements.
const LABELS: [&str; 13] = [
    "ad",
    "ads",
    "advertisement",
    "anzeige",
    "advertentie",
    "publicidad",
    "publicidade",
    "publicité",
    "pubblicità",
    "reklama",
    "werbung",
    "реклама",
    "广告",
];

/// What the page says of an element. `around` is what it says of those around it, `part` how much of the page's text it holds.
pub(super) fn of(element: &Element, around: Hint, part: f64) -> Hint {
    let role = element.attribute("role").unwrap_or_default();
    let name = element.name();
    let by_kind = match name {
        "aside" => Hint::Comment,
        "nav" | "footer" | "form" | "button" | "select" | "textarea" | "label" | "dialog"
        | "figcaption" | "menu" => Hint::Surroundings,
        "address" | "time" => Hint::Byline,
        _ => match role {
            "complementary" => Hint::Comment,
            "navigation" | "banner" | "contentinfo" | "search" | "dialog" | "alertdialog"
            | "alert" | "menu" | "menubar" | "toolbar" => Hint::Surroundings,
            _ => Hint::None,
        },
    };
    if part > MOST_OF_THE_PAGE
        || matches!(name, "html" | "body" | "main")
        || around >= Hint::Surroundings && by_kind <= around
    {
        return around;
    }
    if element
        .attribute("itemprop")
        .is_some_and(|it| it.contains("articleBody"))
        || name == "article"
    {
        return by_kind.max(if speaks_of_comments(element) {
            Hint::Comment
        } else {
            Hint::None
        });
    }
    by_kind.max(by_name(element))
}

fn speaks_of_comments(element: &Element) -> bool {
    words(element)
        .any(|word| word.eq_ignore_ascii_case("comment") || word.eq_ignore_ascii_case("teaser"))
}

fn by_name(element: &Element) -> Hint {
    let of_word = |word: &str| {
        let word = word.to_ascii_lowercase();
        let is_in = |words: &[&str]| words.binary_search(&word.as_str()).is_ok();
        if is_in(&COMMENTS) {
            Hint::Comment
        } else if is_in(&SURROUNDINGS) {
            Hint::Surroundings
        } else if is_in(&BYLINES) {
            Hint::Byline
        } else {
            Hint::None
        }
    };
    let by_word = words(element).map(of_word).max().unwrap_or(Hint::None);
    if is_advertisement(element) {
        by_word.max(Hint::Surroundings)
    } else {
        by_word
    }
}

/// Whether it is called `ad`, alone or with more (`ad-slot`). Among other names that is nothing: there are pages whose names
/// are all of two letters.
fn is_advertisement(element: &Element) -> bool {
    let names = |name| element.attribute(name).unwrap_or_default();
    let is_ad = |word: &str| matches!(word, "ad" | "ads" | "advert");
    ["class", "id"].into_iter().any(|attribute| {
        let alone = is_ad(names(attribute).trim());
        let mut compounds = names(attribute)
            .split_ascii_whitespace()
            .filter(|name| name.contains(['-', '_']));
        alone || compounds.any(|name| name.split(['-', '_']).next().is_some_and(is_ad))
    })
}

/// The words that class and id are put together from: `postMeta`, `post-meta` and `post_meta` are two each. What only says
/// that something is so (`has-sidebar`) is none.
fn words(element: &Element) -> impl Iterator<Item = &str> {
    let names = ["class", "id"]
        .into_iter()
        .filter_map(|name| element.attribute(name));
    names
        .flat_map(str::split_ascii_whitespace)
        .filter(|name| {
            !["has-", "is-", "no-", "with-", "without-"]
                .iter()
                .any(|state| name.starts_with(state))
        })
        .flat_map(|name| name.split(|char: char| !char.is_ascii_alphanumeric()))
        .flat_map(humps)
        .filter(|word| !word.is_empty())
}

/// `relatedPosts` -> `related`, `Posts`.
fn humps(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = name;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let bytes = rest.as_bytes();
        let is_hump =
            |&at: &usize| bytes[at].is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase();
        let end = (1..bytes.len()).find(is_hump).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
    })
}

/// Whether a text is nothing but the label of an advertisement.
pub(super) fn is_label(text: &str) -> bool {
    text.len() < 40 && LABELS.contains(&text.trim().to_lowercase().as_str())
}

/// Whether an element's names say that it names an author.
pub(super) fn names_an_author(element: &Element) -> bool {
    words(element).any(|word| {
        matches!(
            word,
            "byline" | "author" | "autor" | "auteur" | "autore" | "firma" | "Author" | "Byline"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{BYLINES, COMMENTS, SURROUNDINGS};

    #[test]
    fn words_can_be_searched() {
        assert!(BYLINES.is_sorted() && COMMENTS.is_sorted() && SURROUNDINGS.is_sorted());
    }
}
