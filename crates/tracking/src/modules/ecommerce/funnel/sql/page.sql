-- The bit of a step that is taken on certain pages only; added to the bits of its event.
+ if(name = {name:String} AND path LIKE {page:String}, toUInt64(/*bit*/), toUInt64(0))
