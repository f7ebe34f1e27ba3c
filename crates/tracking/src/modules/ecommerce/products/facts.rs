//! By what products are told apart.

/// A word for `by`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Item,
    Brand,
    Category,
    Variant,
    List,
    Promotion,
}

impl By {
    pub(super) const ALL: [Self; 6] =
        [Self::Item, Self::Brand, Self::Category, Self::Variant, Self::List, Self::Promotion];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Brand => "brand",
            Self::Category => "category",
            Self::Variant => "variant",
            Self::List => "list",
            Self::Promotion => "promotion",
        }
    }

    /// The field it is told by, GA4's name.
    pub(super) const fn field(self) -> &'static str {
        match self {
            Self::Item => "item_id",
            Self::Brand => "item_brand",
            Self::Category => "item_category",
            Self::Variant => "item_variant",
            Self::List => "item_list_name",
            Self::Promotion => "promotion_name",
        }
    }

    /// The events of what shows items: seen, and chosen from.
    pub(super) const fn shown(self) -> Option<[&'static str; 2]> {
        match self {
            Self::List => Some(["view_item_list", "select_item"]),
            Self::Promotion => Some(["view_promotion", "select_promotion"]),
            Self::Item | Self::Brand | Self::Category | Self::Variant => None,
        }
    }
}
