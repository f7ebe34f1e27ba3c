//! Who gets in, on a real store.

use super::{AccountError, Accounts, LinkRefusal, MIGRATIONS, NewOwner, Purpose, Removal, Scope, User};
use crate::sites::{self, NewSite, SiteRegistry};
use std::sync::Arc;
use ut_core::SiteId;
use ut_core::ports::Transactional;
use ut_testkit::FakeClock;
use ut_transactional::Sqlite;

const MINUTE: i64 = 60_000;
const PASSWORD: &str = "correct horse battery";

struct World {
    accounts: Arc<Accounts>,
    store: Arc<dyn Transactional>,
    clock: FakeClock,
    folder: tempfile::TempDir,
}

async fn world() -> World {
    let folder = tempfile::tempdir().expect("a folder");
    let store: Arc<dyn Transactional> =
        Arc::new(Sqlite::open(&folder.path().join("store.sqlite")).await.expect("opens"));
    store.migrate(&[sites::MIGRATIONS, MIGRATIONS].concat()).await.expect("migrates");
    let clock = FakeClock::at(1_795_000_000_000);
    let accounts = Accounts::new(Arc::clone(&store), Arc::new(clock.clone()), b"a JWT_SECRET of the tests");
    World { accounts, store, clock, folder }
}

impl World {
    async fn link(&self, purpose: Purpose) -> String {
        self.accounts.create_setup_link_token(purpose).await.expect("makes a link")
    }

    async fn owner(&self) -> User {
        self.accounts.add_owner(owner()).await.expect("adds the owner")
    }

    async fn refused(&self, token: &str) -> LinkRefusal {
        match self.accounts.redeem(token, Some(owner())).await {
            Err(AccountError::Link(refusal)) => refusal,
            other => panic!("the link must not open: {other:?}"),
        }
    }

    /// Is the text anywhere in the store's files?
    fn stores(&self, text: &str) -> bool {
        let files = std::fs::read_dir(self.folder.path()).expect("lists");
        files
            .map(|file| std::fs::read(file.expect("a file").path()).expect("reads"))
            .any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
    }
}

fn owner() -> NewOwner {
    NewOwner { email: "Owner@Shop.example".to_owned(), password: PASSWORD.to_owned() }
}

#[tokio::test]
async fn the_first_link_makes_the_owner_once() {
    let world = world().await;
    assert!(!world.accounts.owner_exists().await.expect("answers"));
    let (token, other) = (world.link(Purpose::Owner).await, world.link(Purpose::Owner).await);
    assert_eq!(token.len(), 22, "128 bits");
    let user = world.accounts.redeem(&token, Some(owner())).await.expect("opens");
    assert_eq!(user.email, "owner@shop.example");
    assert!(world.accounts.owner_exists().await.expect("answers"));
    assert_eq!(world.refused(&token).await, LinkRefusal::Used);
    assert_eq!(world.refused(&other).await, LinkRefusal::OwnerExists);
    assert_eq!(world.accounts.login("OWNER@shop.example ", PASSWORD).await.expect("answers"), Some(user));
    for (email, password) in
        [("owner@shop.example", "wrong horse battery"), ("me@shop.example", PASSWORD), ("", "")]
    {
        assert_eq!(world.accounts.login(email, password).await.expect("answers"), None, "{email} {password}");
    }
    for secret in [PASSWORD, &token, &other] {
        assert!(!world.stores(secret), "only hashes are stored");
    }
    assert!(world.stores("$argon2id$v=19$m=19456,t=2,p=1$"), "the strength of the hash");
}

#[tokio::test]
async fn refused_input_does_not_spend_the_link() {
    let world = world().await;
    let token = world.link(Purpose::Owner).await;
    let short = NewOwner { email: "nobody".to_owned(), password: "short".to_owned() };
    for new in [Some(short), None] {
        match world.accounts.redeem(&token, new).await {
            Err(AccountError::Refused(refusals)) => {
                let fields: Vec<_> = refusals.iter().map(|refusal| refusal.field.as_str()).collect();
                assert_eq!(fields, ["email", "password"]);
            }
            other => panic!("must be refused: {other:?}"),
        }
    }
    assert!(!world.accounts.owner_exists().await.expect("answers"));
    world.accounts.redeem(&token, Some(owner())).await.expect("still opens");
}

#[tokio::test]
async fn a_link_opens_for_15_minutes() {
    let world = world().await;
    let (early, late) = (world.link(Purpose::Owner).await, world.link(Purpose::Owner).await);
    world.clock.advance(15 * MINUTE);
    assert_eq!(world.refused(&late).await, LinkRefusal::Expired);
    world.clock.advance(-1);
    world.accounts.redeem(&early, Some(owner())).await.expect("the last millisecond");
}

#[tokio::test]
async fn five_wrong_tries_void_every_open_link() {
    let world = world().await;
    let (one, two) = (world.link(Purpose::Owner).await, world.link(Purpose::SignIn).await);
    for _ in 0..4 {
        assert_eq!(world.refused("AAAAAAAAAAAAAAAAAAAAAA").await, LinkRefusal::Unknown);
    }
    let three = world.link(Purpose::Owner).await;
    assert_eq!(world.refused("").await, LinkRefusal::Unknown);
    for token in [&one, &two] {
        assert_eq!(world.refused(token).await, LinkRefusal::Void);
    }
    world.accounts.redeem(&three, Some(owner())).await.expect("was made after four of the tries");
}

#[tokio::test]
async fn a_sign_in_link_signs_the_owner_in_once() {
    let world = world().await;
    let token = world.link(Purpose::SignIn).await;
    assert_eq!(world.refused(&token).await, LinkRefusal::NoOwner);
    let owner = world.owner().await;
    assert_eq!(world.accounts.redeem(&token, None).await.expect("opens"), owner);
    assert_eq!(world.refused(&token).await, LinkRefusal::Used);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_hurry_one_becomes_the_owner() {
    let world = world().await;
    let (one, two) = (world.link(Purpose::Owner).await, world.link(Purpose::Owner).await);
    let mut hurrying = tokio::task::JoinSet::new();
    for number in 0..6 {
        let accounts = Arc::clone(&world.accounts);
        let token = if number % 2 == 0 { one.clone() } else { two.clone() };
        let new = NewOwner { email: format!("owner{number}@shop.example"), password: PASSWORD.to_owned() };
        hurrying.spawn(async move { accounts.redeem(&token, Some(new)).await.is_ok() });
    }
    assert_eq!(hurrying.join_all().await.into_iter().filter(|won| *won).count(), 1);
}

#[tokio::test]
async fn a_session_lives_12_hours_after_its_last_renewal_and_ends_when_closed() {
    let world = world().await;
    let user = world.owner().await;
    let first = world.accounts.open_session(&user).expect("opens");
    assert_eq!(first.claims.exp - first.claims.iat, 12 * 3600);
    let signed_in = world.accounts.session(&first.token).await.expect("answers").expect("is valid");
    assert_eq!((signed_in.user, &signed_in.claims), (user.clone(), &first.claims));

    world.clock.advance(60 * MINUTE);
    assert!(world.accounts.renew(&first.claims).is_none(), "an hour old");
    world.clock.advance(1000);
    let second = world.accounts.renew(&first.claims).expect("older than an hour");
    assert_eq!(second.claims.csrf, first.claims.csrf);

    world.clock.advance(11 * 60 * MINUTE - 1000);
    assert!(world.accounts.session(&first.token).await.expect("answers").is_none(), "12 hours are over");
    assert!(world.accounts.session(&second.token).await.expect("answers").is_some());

    let other = world.accounts.open_session(&user).expect("opens");
    let third = world.accounts.renew(&second.claims).expect("renews");
    world.accounts.close_session(&second.claims).await.expect("closes");
    for token in [&second.token, &third.token] {
        assert!(world.accounts.session(token).await.expect("answers").is_none(), "closed with its renewals");
    }
    assert!(
        world.accounts.session(&other.token).await.expect("answers").is_some(),
        "another browser's session"
    );
}

#[tokio::test]
async fn a_session_belongs_to_its_server_and_to_a_user_who_exists() {
    let (here, there) = (world().await, world().await);
    let stranger = User { id: "usr_gone".to_owned(), email: "gone@shop.example".to_owned() };
    let token = here.accounts.open_session(&stranger).expect("opens").token;
    assert!(here.accounts.session(&token).await.expect("answers").is_none(), "no such user");
    let owner = there.owner().await;
    let token = there.accounts.open_session(&owner).expect("opens").token;
    let other = Accounts::new(Arc::clone(&there.store), Arc::new(there.clock.clone()), b"another JWT_SECRET");
    assert!(other.session(&token).await.expect("answers").is_none(), "signed with another secret");
}

#[tokio::test]
async fn a_token_opens_its_site_until_it_is_removed() {
    let world = world().await;
    assert!(matches!(world.accounts.add_token(SiteId(1), Scope::Read).await, Err(AccountError::Refused(_))));
    let clock = Arc::new(world.clock.clone());
    let sites = SiteRegistry::load(Arc::clone(&world.store), clock, b"secret").await.expect("loads");
    let shop = NewSite {
        domains: vec!["shop.example".to_owned()],
        currency: "EUR".to_owned(),
        time_zone: "UTC".to_owned(),
        session_timeout_min: 30,
    };
    let site = sites.add(shop).await.expect("adds").site.id;
    let read = world.accounts.add_token(site, Scope::Read).await.expect("adds");
    world.clock.advance(1);
    let admin = world.accounts.add_token(site, Scope::Admin).await.expect("adds");
    assert!(read.word.starts_with("ut_") && read.word.len() == 46, "256 bits");
    assert!(!world.stores(&read.word), "only its hash is stored");
    assert_eq!(
        world.accounts.authenticate_token(&read.word).await.expect("answers"),
        Some(read.token.clone())
    );
    assert_eq!(world.accounts.list_tokens().await.expect("lists"), [read.token.clone(), admin.token.clone()]);
    let unknown = format!("ut_{}", "A".repeat(43));
    for word in ["", "ut_", &read.word[..45], &unknown] {
        assert_eq!(world.accounts.authenticate_token(word).await.expect("answers"), None, "{word}");
    }
    assert!(world.accounts.remove_token(&read.token.id).await.expect("removes"));
    assert!(!world.accounts.remove_token(&read.token.id).await.expect("is gone"));
    assert_eq!(world.accounts.authenticate_token(&read.word).await.expect("answers"), None);
    assert!(world.accounts.authenticate_token(&admin.word).await.expect("answers").is_some());
}

#[tokio::test]
async fn an_address_has_one_account() {
    let world = world().await;
    world.owner().await;
    match world.accounts.add_owner(owner()).await {
        Err(AccountError::Refused(refusals)) => assert_eq!(refusals[0].code, "taken"),
        other => panic!("must be refused: {other:?}"),
    }
}

#[tokio::test]
async fn the_last_owner_stays() {
    let world = world().await;
    let first = world.owner().await;
    assert_eq!(world.accounts.remove_user(&first.id).await.expect("answers"), Removal::LastOwner);
    assert_eq!(world.accounts.remove_user("usr_none").await.expect("answers"), Removal::Unknown);
    world.clock.advance(1);
    let new = NewOwner { email: "second@shop.example".to_owned(), password: PASSWORD.to_owned() };
    let second = world.accounts.add_owner(new).await.expect("adds");
    let listed: Vec<_> =
        world.accounts.list_users().await.expect("lists").into_iter().map(|listed| listed.user).collect();
    assert_eq!(listed, [first.clone(), second.clone()]);

    let session = world.accounts.open_session(&first).expect("opens");
    assert_eq!(world.accounts.remove_user(&first.id).await.expect("answers"), Removal::Removed);
    assert!(world.accounts.session(&session.token).await.expect("answers").is_none(), "signed out");
    assert_eq!(world.accounts.remove_user(&second.id).await.expect("answers"), Removal::LastOwner);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_owners_who_remove_each_other_one_stays() {
    let world = world().await;
    let mut owners = vec![world.owner().await];
    for number in 0..3 {
        let email = format!("owner{number}@shop.example");
        let new = NewOwner { email, password: PASSWORD.to_owned() };
        owners.push(world.accounts.add_owner(new).await.expect("adds"));
    }
    let mut hurrying = tokio::task::JoinSet::new();
    for owner in &owners {
        let (accounts, id) = (Arc::clone(&world.accounts), owner.id.clone());
        hurrying.spawn(async move { accounts.remove_user(&id).await.expect("answers") });
    }
    let removed = hurrying.join_all().await.into_iter().filter(|went| *went == Removal::Removed).count();
    assert_eq!((removed, world.accounts.list_users().await.expect("lists").len()), (3, 1));
}
