/**
 * Words that people build passwords from, in small letters without digits or signs: the favourites of every published
 * count of leaked passwords (names, pets, teams, feelings, weekdays, the word password itself in several languages)
 * and the passphrases made famous by articles on passwords. Collected by hand for this shop.
 */
const TEXT = `
  password passwort passwd pass passphrase passcode contrasena senha wachtwoord motdepasse haslo parola salasana losenord
  secret secrets geheim letmein letme welcome willkommen bienvenue login logon signin access account admin administrator
  root user username guest test tester testing demo default changeme change temp temporary master superuser super
  sysadmin system server computer internet network windows microsoft google facebook instagram twitter youtube amazon
  apple iphone android samsung nokia motorola sony dell intel cisco oracle mysql mariadb redis database website online
  email mail gmail hotmail yahoo outlook private public security secure safe unlock open sesame opensesame backdoor
  the and you your this that one two three four five six seven eight nine ten zero my me mine our his her its for not
  are was who what why how all any new old yes no hello goodbye hi hey thanks please sorry okay
  qwerty qwertz azerty asdf asdfgh asdfghjkl zxcv zxcvbn zxcvbnm qaz wsx edc qazwsx qazwsxedc qweasd qweasdzxc qwe asd
  zxc poiuy poiuytrewq lkjhgf mnbvcxz abc abcd abcde abcdef abcdefg aaa aaaa xxx xxxx zzz
  iloveyou love lover loveme lovely loveyou mylove truelove baby babygirl babyboy angel angels princess prince queen
  king kingdom honey sweet sweetie sweetheart darling sugar candy cookie chocolate cupcake cherry banana orange apples
  peach strawberry lemon pepper ginger cheese pizza burger coffee whiskey vodka beer wine
  monkey dragon tiger lion eagle falcon hawk wolf bear panda koala dolphin shark whale turtle rabbit bunny puppy kitty
  kitten pussycat cat cats dog dogs doggy horse pony cow chicken duck snake spider scorpion butterfly phoenix unicorn
  mustang pegasus buster max charlie bailey buddy lucky shadow smokey rocky rusty tigger simba molly daisy ginger oreo
  michael jennifer jessica jordan michelle daniel andrew joshua matthew anthony robert thomas william george charles
  david james john joseph nicole ashley amanda hannah samantha elizabeth sarah stephanie melissa rebecca laura maria
  anna emma sophie sophia olivia isabella victoria alexander alexandra alex chris christian christopher martin peter
  paul mark steven kevin brian eric patrick ryan justin tyler brandon austin dakota taylor morgan maggie heather lauren
  rachel andrea sandra claudia julia carlos antonio jose juan pedro miguel francisco ricardo fernando diego pablo
  football soccer baseball basketball hockey tennis golf golfer rugby cricket boxing wrestling surfing skating skiing
  yankees cowboys lakers steelers eagles packers broncos raiders patriots dodgers chelsea arsenal liverpool everton
  barcelona madrid juventus milan inter bayern dortmund celtic rangers manchester united city ferrari porsche mercedes
  bmw audi toyota honda yamaha kawasaki ducati harley corvette camaro chevy ford jaguar lamborghini
  superman batman spiderman ironman wolverine hulk thor joker avengers starwars skywalker vader yoda jedi trek star
  wars matrix neo trinity gandalf frodo hobbit aragorn harry potter hogwarts pokemon pikachu mario luigi sonic zelda
  minecraft fortnite roblox warcraft starcraft diablo doom halo gamer player hunter killer ninja samurai warrior knight
  wizard pirate viking cowboy ranger soldier sniper assassin hacker elite legend champion winner victory hero
  sunshine sunset sunrise summer winter spring autumn rainbow flower flowers rose jasmine lily garden forest river
  mountain ocean island beach sun moon stars sky storm thunder lightning fire ice snow water earth wind heaven hell
  january february march april may june july august september october november december monday tuesday wednesday
  thursday friday saturday sunday today tomorrow forever always never nothing something anything everything whatever
  happy birthday christmas easter halloween holiday weekend party dance music guitar piano drummer metallica nirvana
  slipknot beatles eminem tupac elvis madonna rockstar rock roll hiphop jazz blues
  america american canada mexico brazil argentina england london britain scotland ireland france paris germany berlin
  deutschland italy roma spain portugal russia moscow china japan tokyo india delhi korea africa australia sydney texas
  dallas florida miami boston chicago california newyork york vegas
  jesus jesuschrist christ god godisgood bible church faith hope grace trust blessed amen allah islam krishna buddha
  money dollar euro rich million cash bank credit card gold golden silver diamond crystal pearl ruby emerald platinum
  family mother father mommy daddy mama papa sister brother friend friends bestfriend boyfriend girlfriend wife husband
  freedom liberty peace justice power energy magic mystery fantasy dream dreamer future destiny genius einstein
  red blue green yellow black white purple pink brown grey silver blackjack bluesky redsox
  shop shopping store market cart basket checkout order orders customer buyer seller sale price discount storm
  fuck fucker fuckyou fuckoff shit bitch asshole sexy pussy dick suck bastard damn
  trustno trustnoone whatever blink maverick cool coolguy awesome amazing perfect beautiful gorgeous handsome
  correct horsebattery battery staple correcthorsebatterystaple tobeornottobe tobeornottobethatisthequestion
  thequickbrownfox thequickbrownfoxjumpsoverthelazydog quick fox jumps over lazy inthebeginning callmeishmael
  maytheforcebewithyou force with itwasadarkandstormynight imyourfather livelonglaugh livelaughlove carpediem
  ilovemyfamily ilovemydog ilovemycat ilovemymom ilovechocolate nevergonnagiveyouup winteriscoming
  loremipsum loremipsumdolorsitamet lorem ipsum dolor amet twinkletwinklelittlestar mississippi
  supercalifragilisticexpialidocious antidisestablishmentarianism hakunamatata abracadabra alohomora
`;

export const commonWords: ReadonlySet<string> = new Set(TEXT.trim().split(/\s+/));

/** Rows of keys and the like that fingers walk along; also backwards and over again. */
export const walks: readonly string[] = [
  '1234567890',
  '0123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1q2w3e4r5t6y7u8i9o0p',
];
